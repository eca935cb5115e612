import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe } from "vitest";

/** Where a program is: on the PATH, or where only root has it there. Null where it is not. */
export function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): string | null {
  const folders = [...(env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const paths = folders.map((folder) => join(folder, name));
  return paths.find((path) => isExecutable(path)) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A describe block that is skipped with a warning where one of the programs is missing; with CI=true it is a failure. */
export function describeWithPrograms(name: string, programs: readonly string[], tests: () => void): void {
  const missing = programs.filter((program) => findProgram(program) === null);
  if (missing.length === 0) return void describe(name, tests);
  const message = `"${name}" needs ${missing.join(", ")}.`;
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(`SKIPPED: ${message}`);
  describe.skip(name, tests);
}
