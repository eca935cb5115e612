import { existsSync } from "node:fs";
import { setJournalMode } from "./database-header.js";
import { placePrivateFile } from "./private-file.js";

/**
 * Keeps a ledger as it is beside its file before it takes another schema: an older program refuses the newer one, and
 * works with this. Takes the place of an earlier copy of the same version.
 *
 * @param content the database, in rollback mode (see snapshot.ts)
 */
export function keepOlderCopy(path: string, content: Buffer, version: number): void {
  const copy = Buffer.from(content);
  setJournalMode(copy, "wal");
  placePrivateFile(olderCopyOf(path, version), copy);
}

/** The copy of the newest version that a program can work with that knows this many; null when there is none. */
export function findOlderCopy(path: string, newestVersion: number): string | null {
  for (let version = newestVersion; version > 0; version -= 1) {
    const copy = olderCopyOf(path, version);
    if (existsSync(copy)) return copy;
  }
  return null;
}

function olderCopyOf(path: string, version: number): string {
  return `${path}.version-${version}`;
}
