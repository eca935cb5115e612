import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./project.js";

/** Paths of what people read of the project: the README, and everything in docs. */
export const documentPaths: readonly string[] = [
  "README.md",
  ...readdirSync(join(projectRoot, "docs")).map((name) => `docs/${name}`),
];

/** @param path below the project: `docs/json.md` */
export function readDocument(path: string): string {
  return readFileSync(join(projectRoot, path), "utf8");
}

export const readme = readDocument("README.md");

/** The text under a heading, up to the next one of that level; throws when there is no such heading. */
export function section(title: string, document = readme): string {
  const found = document.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`There is no section "${title}".`);
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

/** Where a document links to: paths below the project, and the heading there, if one is named. */
export function linksOf(path: string): { readonly path: string; readonly anchor: string | null }[] {
  const targets = [...readDocument(path).matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target ?? "");
  return targets
    .filter((target) => !target.startsWith("https://"))
    .map((target) => {
      const [file = "", anchor = null] = target.split("#");
      return { path: file === "" ? path : join(path, "..", file), anchor };
    });
}

/** The headings of a document, as links spell them. */
export function anchorsOf(path: string): string[] {
  return [...readDocument(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}
