import { accessSync, constants, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { Failure } from "../core/failure.js";
import { absolutePath } from "../files/absolute.js";
import { orLedgerFailure, refusedLedger } from "./ledger-failure.js";
import { createPrivateFile, createPrivateFolder, unlessThere } from "./private-file.js";

export interface Lock {
  /**
   * To be called before the ledger is written: where the disk had no room for the lock's file, it is taken now. Throws a Failure
   * of code `ledger-full` while it cannot be.
   */
  ensure(): void;
  /** May be called twice. The file stays: deleting it would let two runs hold two files of the same name. */
  release(): void;
}

export interface LockOptions {
  /** How long to wait for another run, in milliseconds; 0 to give up at once. */
  readonly waitMs: number;
  /** Ends the waiting; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly sleep?: ((milliseconds: number, signal?: AbortSignal) => Promise<unknown>) | undefined;
}

const pollMs = 100;

/** Keeps locks from the garbage collector, which would close the file under a caller that forgot its lock. */
const held = new Set<Database.Database>();

/**
 * Takes the lock that makes a run the only one on its ledger. It is SQLite's lock on an empty file beside the
 * ledger, a POSIX record lock: the kernel drops it with its process, so nothing can be left behind by a kill,
 * a crash or a reboot.
 *
 * Throws a Failure of code `locked` when another run holds it, and of code `ledger` when there can be no lock.
 */
export async function acquireLock(ledgerPath: string, options: LockOptions): Promise<Lock> {
  const path = `${absolutePath(ledgerPath)}.lock`;
  const { signal, sleep = defaultSleep } = options;
  const deadline = performance.now() + options.waitMs;
  for (;;) {
    signal?.throwIfAborted();
    const lock = tryLockOrWait(path);
    if (lock !== null) {
      return lock;
    }
    const left = deadline - performance.now();
    if (left <= 0) {
      throw new Failure(
        "locked",
        `Another run holds the lock ${path}: try again later, or wait for it with --lock-wait.`,
      );
    }
    await sleep(Math.min(pollMs, left), signal);
  }
}

/**
 * A full disk is no reason not to run: that makes room. Until it has, nothing is written, so no lock is needed; and a second run
 * that finds no room either does no harm, as each looks anew just before each removal.
 */
function tryLockOrWait(path: string): Lock | null {
  try {
    return tryLock(path);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "ledger-full") throw error;
    return lateLock(path);
  }
}

function lateLock(path: string): Lock {
  let lock: Lock | null = null;
  return {
    ensure: () => {
      lock ??= tryLock(path);
      if (lock === null)
        throw new Failure("ledger-full", `Another run took the lock ${path} while the disk was full.`);
    },
    release: () => lock?.release(),
  };
}

/** Null when somebody else, or this process itself, holds it. */
function tryLock(path: string): Lock | null {
  return orLedgerFailure(path, () => {
    createPrivateFolder(dirname(path));
    ensureLockFile(path);
    const database = new Database(path, { fileMustExist: true, timeout: 0 });
    try {
      // SQLite prepares an empty file's first page at once, and would put a journal for it on the disk.
      database.pragma("journal_mode = MEMORY");
      database.exec("BEGIN EXCLUSIVE");
      held.add(database);
      return { ensure: () => undefined, release: () => release(database) };
    } catch (error) {
      database.close();
      if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) {
        return null;
      }
      throw error;
    }
  });
}

/** Closing rolls back: nothing is ever written. */
function release(database: Database.Database): void {
  held.delete(database);
  database.close();
}

/**
 * Looks at a lock file that is there without opening it: closing it again would drop the lock if this process
 * holds it (https://www.sqlite.org/howtocorrupt.html, section 2.2). SQLite knows, and takes care of that.
 */
function ensureLockFile(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    unlessThere(() => createPrivateFile(path));
  } else if (!stat.isFile() || stat.size > 0) {
    throw refusedLedger(path, "should be an empty file to lock, and is not", "move it away");
  }
  // On a file that cannot be written, SQLite takes BEGIN EXCLUSIVE for BEGIN, and there would be no lock.
  accessSync(path, constants.R_OK | constants.W_OK);
}

async function defaultSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    // The timer wraps the reason into an error of its own.
    signal?.throwIfAborted();
    throw error;
  }
}
