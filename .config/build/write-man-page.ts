import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { manPage } from "../../src/cli/man-page.js";

export interface ManPageOptions {
  /** The folder that holds package.json. */
  readonly root: string;
  /** The folder for the page. */
  readonly into: string;
}

/** Writes docker-gc.1. Its date is today's, or that of SOURCE_DATE_EPOCH, for builds that are to come out the same. */
export async function writeManPage({ root, into }: ManPageOptions): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const seconds = process.env["SOURCE_DATE_EPOCH"];
  const built = seconds === undefined ? new Date() : new Date(Number(seconds) * 1000);
  await mkdir(into, { recursive: true });
  await writeFile(
    join(into, "docker-gc.1"),
    manPage({ version, date: built.toISOString().slice(0, "2026-01-31".length) }),
  );
}
