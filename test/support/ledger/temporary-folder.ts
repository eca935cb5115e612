import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A small file system of its own, gone with the test. */
export function temporaryFileSystem(kilobytes: number, inodes?: number): string {
  const folder = temporaryFolder();
  const options = `size=${kilobytes}k,mode=0755${inodes === undefined ? "" : `,nr_inodes=${inodes}`}`;
  mount("-t", "tmpfs", "-o", options, "tmpfs", folder);
  // Runs before the folder is deleted: the last hook comes first.
  onTestFinished(() => unmount(folder));
  return folder;
}

/** Writes a file until nothing fits any more. */
export function fill(folder: string): void {
  const descriptor = openSync(fillerIn(folder), "w");
  try {
    for (;;) writeSync(descriptor, Buffer.alloc(4096));
  } catch {
    closeSync(descriptor);
  }
}

/** Makes empty files until there is no inode left. */
export function useUpInodes(folder: string): void {
  const kept = join(folder, "inodes");
  mkdirSync(kept, { recursive: true });
  try {
    for (let count = 0; ; count += 1) writeFileSync(join(kept, String(count)), "");
  } catch {
    // There is none left.
  }
}

/** The opposite of it. */
export function freeInodes(folder: string): void {
  rmSync(join(folder, "inodes"), { recursive: true });
}

/** The opposite of `fill`. */
export function makeRoom(folder: string): void {
  rmSync(fillerIn(folder));
}

/** The file that fills a disk. */
export function fillerIn(folder: string): string {
  return join(folder, "filler");
}

/** Mounting takes root, and in a container more than that. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-mount-"));
  try {
    mount("-t", "tmpfs", "tmpfs", folder);
    unmount(folder);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

export function mount(...words: string[]): void {
  execFileSync("mount", words, { stdio: "ignore" });
}

function unmount(folder: string): void {
  execFileSync("umount", ["--lazy", folder]);
}

/** Everything that could change in a folder: names, types and modes, times, content. */
export function look(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    [".", ...entries].map((name) => {
      const path = join(folder, name);
      const stat = lstatSync(path, { bigint: true });
      const content = stat.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
      return [name, [stat.ino, stat.mode.toString(8), stat.mtimeNs, stat.ctimeNs, content].join(" ")];
    }),
  );
}
