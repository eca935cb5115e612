import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "docker-gc-ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A small file system of its own, gone with the test; null where the system does not let us mount one. */
export function temporaryFileSystem(kilobytes: number): string | null {
  const folder = temporaryFolder();
  try {
    mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder);
  } catch {
    return null;
  }
  // Runs before the folder is deleted.
  onTestFinished(() => void execFileSync("umount", ["--lazy", folder]));
  return folder;
}

export function mount(...words: string[]): void {
  execFileSync("mount", words, { stdio: "ignore" });
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
