import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The terms of the packages inside the program, which ask to be handed on with every copy. */
export async function licencesOf(packages: readonly string[], root: string): Promise<string> {
  const notices = await Promise.all(packages.map((name) => noticeOf(name, join(root, "node_modules", name))));
  const head = "The program holds code of these packages, each under its own terms.\n";
  return [head, ...notices].join(`\n${"-".repeat(80)}\n\n`);
}

async function noticeOf(name: string, folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    readonly version: string;
    readonly license?: string;
  };
  const file = (await readdir(folder)).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  const terms = file === undefined ? "" : `\n${await readFile(join(folder, file), "utf8")}`;
  return `${name} ${manifest.version} (${manifest.license ?? "see its terms"})\n${terms}`;
}
