import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resolveSettings, type Settings } from "../../src/cli/options/settings.js";
import type { Mark } from "../../src/core/uses/mark.js";
import { markText } from "../../src/cli/mark-file.js";
import { projectRoot } from "./project.js";
import { rawOf } from "./raw.js";

export function readExample(name: string): string {
  return readFileSync(join(projectRoot, "examples", name), "utf8");
}

/** What docker-gc would make of a line of shell; throws its Failure when it would refuse it, or when it is no such line. */
export function settingsOf(line: string): Settings {
  // Where the output goes is the shell's affair.
  const [program, ...argv] = wordsOf(line.replace(/ >> "\$[A-Z_]+"$/, ""));
  if (program !== "docker-gc") throw new Error(`Not a command line of docker-gc: ${line}`);
  return resolveSettings(rawOf(argv), {
    readFile: (path) => (path.endsWith("mark") ? markText(someMark) : readExample(path)),
  });
}

const someMark: Mark = { engine: "", at: 0, anchor: null, images: new Set(), manifests: new Set() };

/** Words as a shell splits them, as far as examples go: quotes, no escapes; variables in quotes stand for their names. */
function wordsOf(line: string): string[] {
  if (/[\\`|&;<>]/.test(line)) throw new Error(`More shell than an example should have: ${line}`);
  if (line.replace(/"[^"]*"/g, "").includes("$")) throw new Error(`A variable without quotes: ${line}`);
  const words = line.replaceAll("$", "").match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
