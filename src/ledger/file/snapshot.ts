import { existsSync, lstatSync, statSync } from "node:fs";
import {
  applicationId,
  headerBytes,
  isDatabase,
  readApplicationId,
  setJournalMode,
} from "./database-header.js";
import { fingerprint } from "./fingerprint.js";
import { orLedgerFailure, refusedLedger, unsteadyLedger } from "./ledger-failure.js";
import { readRegularFile, readStart } from "./private-file.js";
import { readStable } from "./stable-read.js";
import { applyWal } from "./wal.js";

/**
 * A ledger's present content as an image of a SQLite database in rollback mode; null when there is no ledger
 * (no file, or an empty one: SQLite has nothing to tell them apart either). Nothing on the disk changes: SQLite
 * itself would create a -shm file even to read a database in WAL mode.
 *
 * A killed run leaves commits in the -wal file, and a run under way holds them there until it ends, so both
 * files are read. They belong together when neither was replaced in between. A checkpoint in between would be
 * harmless for as long as the log stays the same, because it writes only pages that the log has as well; what
 * is asked for is stricter and simpler, that the main file did not change.
 *
 * Throws a Failure of code `ledger` for a file that is no ledger, is no file, cannot be read, or does not hold
 * still. Never call it while this process has the file open: see `withRegularFile`.
 */
export function readSnapshot(path: string): Buffer | null {
  return orLedgerFailure(path, () => {
    const snapshot = readStable(
      () => fingerprint(path),
      () => readOnce(path),
    );
    if (snapshot === undefined) throw unsteadyLedger(path);
    return snapshot;
  });
}

function readOnce(path: string): Buffer | null {
  refuseLinks(path);
  refuseRollbackJournal(path);
  refuseForeign(path, readStart(path, headerBytes));
  const database = readRegularFile(path);
  // Without a database, a log left behind means nothing: SQLite deletes it as well.
  if (database === null || database.length === 0) {
    return null;
  }
  const wal = readRegularFile(`${path}-wal`);
  const snapshot = wal === null ? database : applyWal(database, wal);
  // An image in memory has no log, and with the 2 for "WAL" in its header SQLite would not read it.
  setJournalMode(snapshot, "rollback");
  return snapshot;
}

function refuseForeign(path: string, header: Buffer | null): void {
  if (header === null || header.length === 0) {
    return;
  }
  const remedy = "move it away, or name another file with --ledger";
  if (!isDatabase(header)) {
    throw refusedLedger(path, "is no SQLite database", remedy);
  }
  if (readApplicationId(header) !== applicationId) {
    throw refusedLedger(path, "is a SQLite database of another program", remedy);
  }
}

/**
 * In a folder that others can write to, a link may lead anywhere. The ledger itself and its log are opened as no links
 * (see private-file.ts); SQLite opens the rest.
 */
function refuseLinks(path: string): void {
  for (const companion of [`${path}-shm`, `${path}-journal`]) {
    if (lstatSync(companion, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      throw refusedLedger(path, `has a companion that is a symbolic link, ${companion}`, "remove that link");
    }
  }
}

/** A ledger is always in WAL mode: another program has changed it, and was cut off while it wrote. */
function refuseRollbackJournal(path: string): void {
  const journal = `${path}-journal`;
  if (existsSync(journal) && statSync(journal).size > 0) {
    throw refusedLedger(
      path,
      `was left half-written by another program, which left ${journal}`,
      `let SQLite repair it with: sqlite3 ${path} .tables`,
    );
  }
}
