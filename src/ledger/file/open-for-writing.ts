import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { absolutePath } from "../../files/absolute.js";
import type { Database } from "../sqlite/database.js";
import { openFile } from "../sqlite/open-database.js";
import { refusedLedger } from "./ledger-failure.js";

/** Who holds the lock writes alone; only a person's own SQLite shell can be in the way, and not for long. */
const busyTimeoutMs = 2000;

/** Opens the ledger's file, which is there. Hold the lock (see lock.ts). `prepare`: what else is to be done, or the file is closed again. */
export function openForWriting(path: string, prepare: (database: Database) => void): Database {
  const database = openFile(path, busyTimeoutMs);
  try {
    // Commits go to the -wal file: a reader of the two files sees whole commits only, and never waits.
    database.pragma("journal_mode = WAL");
    // NORMAL would survive a kill, but a power loss takes commits whose log was not synced. A lost use may cost
    // an image, and after a reboot the events are gone: https://www.sqlite.org/pragma.html#pragma_synchronous
    database.pragma("synchronous = FULL");
    // The main file changes once, at the end, so that a dry run reading it is not disturbed. A run does not come
    // near 16 MiB of log; the bound is for one that stays for days. A reader then has to try again, that is all.
    database.pragma("wal_autocheckpoint = 4096");
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** SQLite would silently open for reading only what cannot be written. */
export function refuseUnwritable(file: string): void {
  accessSync(file, constants.R_OK | constants.W_OK);
  accessSync(dirname(file), constants.W_OK);
}

export function versionOf(database: Database): number {
  return Number(database.pragma("user_version", { simple: true }));
}

/** better-sqlite3 trims file names and takes some for special; an absolute path without blanks is what it says. */
export function toFilePath(path: string): string {
  const file = absolutePath(path);
  if (file !== file.trim()) {
    throw refusedLedger(file, "has a name that ends in a blank", "name another file with --ledger");
  }
  return file;
}
