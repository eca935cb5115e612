import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "./project.js";

const run = promisify(execFile);

/** Vitest's global setup: the tests that spawn `bin/docker-gc.js` must not see yesterday's build. */
export default async function setup(): Promise<void> {
  const built = await modifiedAt(join(projectRoot, "dist/main.js"));
  const source = await newestIn(join(projectRoot, "src"));
  if (built > source) return;
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  // Without noEmitOnError a failed build would leave a dist that looks fresh to the next run.
  const args = [compiler, "-p", ".config/tsconfig.build.json", "--noEmitOnError"];
  try {
    await run(process.execPath, args, { cwd: projectRoot });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    throw new Error(`The build that the tests need failed:\n${stdout ?? String(error)}`, { cause: error });
  }
}

/** Epoch milliseconds; 0 when there is no such file. */
async function modifiedAt(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}

async function newestIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true });
  const times = await Promise.all(entries.map((entry) => modifiedAt(join(folder, entry))));
  return Math.max(0, ...times);
}
