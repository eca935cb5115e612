import { rmSync } from "node:fs";
import { dirname } from "node:path";
import type { EngineIdentity, EngineRecord } from "../core/uses/checkpoint.js";
import { Failure } from "../core/text/failure.js";
import { once } from "../core/text/once.js";
import { setJournalMode } from "./file/database-header.js";
import { stampOf } from "./file/fingerprint.js";
import { damagedLedger, orLedgerFailure, refusedLedger, unsteadyLedger } from "./file/ledger-failure.js";
import type { Lock } from "./file/lock.js";
import { openForWriting, refuseUnwritable, toFilePath, versionOf } from "./file/open-for-writing.js";
import type { Ledger } from "./port.js";
import { findOlderCopy, keepOlderCopy } from "./file/older-copy.js";
import { createPrivateFolder, placePrivateFile } from "./file/private-file.js";
import type { Database } from "./sqlite/database.js";
import { openCopy } from "./sqlite/open-database.js";
import { readLeavingNames } from "./tables/leaving-names.js";
import { readRecord } from "./tables/record.js";
import { storedKeyOf } from "./tables/stored-key.js";
import { migrate } from "./tables/schema.js";
import { schemaVersion } from "./tables/schema-version.js";
import { readSnapshot } from "./file/snapshot.js";
import { readStable } from "./file/stable-read.js";
import { StoredLedger, type JudgedRecords, type OpenedDatabase } from "./stored-ledger.js";

export interface OpenOptions {
  readonly lock?: Pick<Lock, "ensure"> | null;
  /** The only engine whose rows are read, and must be sound; all of them where it is not known yet. */
  readonly engine?: EngineIdentity | undefined;
}

/**
 * Opens the ledger for writing, and creates it when there is none. Hold the lock (see lock.ts).
 *
 * The file is judged by a copy in memory before SQLite opens it, because opening it already changes things: a
 * -shm file appears, and a log left by a killed run is copied into the main file. Judging includes SQLite's own
 * `quick_check`, which took 70 ms for a ledger of 400,000 images (46 MB).
 *
 * Throws a Failure of code `ledger` for a file that is no ledger, is damaged, has a newer schema, or cannot be
 * written; the file stays as it is. Where only its disk is full, that is left to the calls that write.
 */
export function openLedger(path: string, { lock = null, engine }: OpenOptions = {}): Ledger {
  const file = toFilePath(path);
  const open = (): OpenedDatabase => {
    lock?.ensure();
    return orLedgerFailure(file, () => openWithLock(file, engine));
  };
  try {
    return new StoredLedger(file, open());
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "ledger-full") throw error;
    return new StoredLedger(file, openInMemory(file), open);
  }
}

function openWithLock(file: string, engine: EngineIdentity | undefined): OpenedDatabase {
  createPrivateFolder(dirname(file));
  const judged = judgeFile(file, engine);
  if (judged === null) createLedger(file);
  refuseUnwritable(file);
  if (judged?.older != null) keepOlderCopy(file, judged.older.content, judged.older.version);
  return { database: openForWriting(file, migrate), records: judged?.records ?? nothingJudged };
}

const nothingJudged: JudgedRecords = new Map();

interface JudgedFile {
  /** What the file holds, of which every row is sound. */
  readonly records: JudgedRecords;
  /** The file as it is, where its schema is an older one. */
  readonly older: { readonly content: Buffer; readonly version: number } | null;
}

/** Null when there is no file. */
function judgeFile(path: string, engine: EngineIdentity | undefined): JudgedFile | null {
  // What is read is worked with later: a person's SQLite shell knows nothing of the lock that keeps other runs out.
  const judged = readStable(
    () => stampOf(path),
    () => {
      const snapshot = readSnapshot(path);
      return snapshot === null ? null : judge(path, snapshot, engine);
    },
  );
  if (judged === undefined) throw unsteadyLedger(path);
  return judged;
}

/**
 * The same ledger in memory, for runs that must leave no trace: starts as a copy of the file's content, or
 * empty when there is no file, and what is saved is gone with the process. Takes no lock. An older schema is
 * migrated in memory only. Throws as `openLedger` does, except that the file need not be writable.
 */
export function openLedgerInMemory(path: string): Ledger {
  const file = toFilePath(path);
  return new StoredLedger(file, openInMemory(file));
}

function openInMemory(file: string): OpenedDatabase {
  return orLedgerFailure(file, () => {
    const snapshot = readSnapshot(file);
    const database = snapshot === null ? openCopy(null) : openSnapshot(file, snapshot);
    // Not even a temporary file for a large transaction.
    database.pragma("journal_mode = MEMORY");
    database.pragma("temp_store = MEMORY");
    migrate(database);
    return { database, records: nothingJudged };
  });
}

/**
 * Tries everything on the copy that would be done to the file: what is refused there leaves the file as it is. Returns
 * what it read, so that nobody has to read it again.
 */
function judge(path: string, snapshot: Buffer, engine: EngineIdentity | undefined): JudgedFile {
  const copy = openSnapshot(path, snapshot);
  const version = versionOf(copy);
  const records = new Map<string, EngineRecord>();
  try {
    migrate(copy);
    for (const each of engine === undefined ? engineKeys(copy) : [engine]) {
      records.set(each.key, readRecord(copy, path, each));
      readLeavingNames(copy, path, { key: storedKeyOf(copy, each) });
    }
    return { records, older: version < schemaVersion ? { content: snapshot, version } : null };
  } finally {
    copy.close();
  }
}

function engineKeys(database: Database): EngineIdentity[] {
  return database.prepare<[], EngineIdentity>("SELECT identity AS key FROM engine").all();
}

/** Throws unless the snapshot is a sound ledger of a schema that this program knows. */
function openSnapshot(path: string, snapshot: Buffer): Database {
  const database = openCopy(snapshot);
  const version = versionOf(database);
  if (version > schemaVersion) throw newerLedger(path, version, schemaVersion);
  const verdict = String(database.pragma("quick_check(1)", { simple: true }));
  if (verdict !== "ok") {
    throw damagedLedger(path, verdict);
  }
  return database;
}

function newerLedger(path: string, version: number, newestKnown: number): Failure {
  const copy = findOlderCopy(path, newestKnown);
  const goBack =
    copy === null
      ? "name another file with --ledger"
      : `move ${copy} into its place (and ${path}-wal away), which is the ledger as it was before the upgrade`;
  return refusedLedger(
    path,
    `has schema version ${version}, and this program knows versions up to ${newestKnown}`,
    `upgrade docker-gc, or ${goBack}`,
  );
}

/** What a new ledger holds. The same for all of them, and its steps take longer than everything else that opening one does. */
const newLedger = once((): Buffer => {
  const database = openCopy(null);
  migrate(database);
  // What the steps left behind would be read by every run. Without a temporary file, as everything else here.
  database.pragma("temp_store = MEMORY");
  database.exec("VACUUM");
  const content = database.serialize();
  database.close();
  // In this mode from the start, so that there never is a rollback journal.
  setJournalMode(content, "wal");
  return content;
});

/** Puts the new ledger into place whole: a killed run leaves no half of a schema. */
function createLedger(path: string): void {
  const content = newLedger();
  // The log of a ledger that somebody deleted would be applied to the new one: nothing ties it to a database.
  rmSync(`${path}-wal`, { force: true });
  rmSync(`${path}-shm`, { force: true });
  placePrivateFile(path, content);
}
