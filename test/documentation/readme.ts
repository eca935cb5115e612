import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../support/project.js";

export const readme = readFileSync(join(projectRoot, "README.md"), "utf8");

/** The text under a heading, up to the next one of that level; throws when there is no such heading. */
export function section(title: string): string {
  const found = readme.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`The README has no section "${title}".`);
  return found.slice(title.length + 1);
}

/** What stands in the code blocks of a text, each with its last line break. */
export function codeBlocks(text: string): string[] {
  return [...text.matchAll(/^```\w*\n([^]*?)^```$/gm)].map(([, block]) => block ?? "");
}

/** Cells of the rows of the tables in a text, without the headings. */
export function tableRows(text: string): string[][] {
  const rows = text.split("\n").filter((line) => line.startsWith("|") && !/^[| -]+$/.test(line));
  return rows.slice(1).map((row) =>
    row
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}
