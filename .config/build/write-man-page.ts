import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { manPage } from "../../src/cli/manual/man-page.js";

export interface ManPageOptions {
  /** The folder that holds package.json. */
  readonly root: string;
  /** The folder for the page. */
  readonly into: string;
}

/** Writes docker-gc.1. Its date is that of the source, so that two builds come out the same: SOURCE_DATE_EPOCH, or the last commit. */
export async function writeManPage({ root, into }: ManPageOptions): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const built = new Date(secondsOfSource(root) * 1000);
  await mkdir(into, { recursive: true });
  await writeFile(
    join(into, "docker-gc.1"),
    manPage({ version, date: built.toISOString().slice(0, "2026-01-31".length) }),
  );
}

/** What a build is dated with: SOURCE_DATE_EPOCH, or the last commit; epoch seconds. */
export function secondsOfSource(root: string): number {
  return Math.floor(Number(process.env["SOURCE_DATE_EPOCH"] ?? secondsOfCommit(root)));
}

/** Epoch seconds; now where there is no repository. */
function secondsOfCommit(root: string): string {
  try {
    return execFileSync("git", ["log", "-1", "--format=%ct"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return String(Date.now() / 1000);
  }
}
