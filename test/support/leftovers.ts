import { readFile, readdir, rm, rmdir } from "node:fs/promises";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Removes a folder of a dockerd that has ended, with all that it still has mounted there. */
export async function removeEngineFolder(folder: string): Promise<void> {
  for (const mount of (await mountsBelow(folder)).toReversed()) await run("umount", ["-l", mount]);
  const left = await mountsBelow(folder);
  // Removing a folder with a mount in it would remove what is mounted there.
  if (left.length > 0) throw new Error(`Still mounted: ${left.join(", ")}`);
  await rm(folder, { recursive: true, force: true });
}

async function mountsBelow(folder: string): Promise<string[]> {
  const table = await readFile("/proc/self/mounts", "utf8");
  const places = table.split("\n").map((line) => line.split(" ")[1] ?? "");
  return places.filter((place) => place.startsWith(`${folder}/`));
}

/** Removes the empty cgroup folders that an engine leaves: one in every hierarchy. A folder in use stays. */
export async function removeCgroups(name: string): Promise<void> {
  const root = "/sys/fs/cgroup";
  const hierarchies = await readdir(root).catch(() => []);
  for (const parent of ["", ...hierarchies]) {
    const folder = join(root, parent, name);
    const children = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const inside = children.filter((child) => child.isDirectory()).map((child) => join(folder, child.name));
    for (const path of [...inside, folder]) await rmdir(path).catch(() => undefined);
  }
}
