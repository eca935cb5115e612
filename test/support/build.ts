import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { buildPackage } from "../../.config/build/build-package.js";
import { projectRoot } from "./project.js";

/** What the built program is made of. */
const sources = ["src", ".config/build", "package.json", "package-lock.json"];

/** Vitest's global setup: the tests that spawn `bin/docker-gc.js` must not see yesterday's build. */
export default async function setup(): Promise<void> {
  const into = join(projectRoot, "dist");
  const products = ["main.cjs", "docker-gc.1", "completions/docker-gc.bash"].map((name) =>
    modifiedAt(join(into, name)),
  );
  const built = Math.min(...(await Promise.all(products)));
  const newest = await Promise.all(sources.map((source) => newestIn(join(projectRoot, source))));
  if (built > Math.max(...newest)) return;
  await buildPackage({ root: projectRoot, into });
}

/** Epoch milliseconds; 0 when there is no such file. */
async function modifiedAt(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}

async function newestIn(path: string): Promise<number> {
  const entries = (await stat(path)).isDirectory() ? await readdir(path, { recursive: true }) : [""];
  const times = await Promise.all(entries.map((entry) => modifiedAt(join(path, entry))));
  return Math.max(0, ...times);
}
