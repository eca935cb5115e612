import { accessSync, constants, lstatSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { codeOf, Failure } from "../../core/text/failure.js";
import { absolutePath } from "../../files/absolute.js";
import type { Database } from "../sqlite/database.js";
import { openFile } from "../sqlite/open-database.js";
import { orLedgerFailure, refusedLedger } from "./ledger-failure.js";
import { forgetHolder, noteHolder, readHolder, type LockHolder } from "./lock-holder.js";
import { createPrivateFile, createPrivateFolder, unlessThere } from "./private-file.js";

export interface Lock {
  /**
   * To be called before the ledger is written: where the disk had no room for the lock's file, it is taken now. Throws a Failure
   * of code `ledger-full` while it cannot be.
   */
  ensure(): void;
  /** Lets others know who holds it. Not before the ledger has turned out to be sound: else nothing beside it changes. */
  announce(): void;
  /** Lets others know that the lock will be held until then (epoch milliseconds) although the work is done. */
  linger(until: number): void;
  /** May be called twice. The file stays: deleting it would let two runs hold two files of the same name. */
  release(): void;
}

export interface LockOptions {
  /** How long to wait for another run, in milliseconds; 0 to give up at once. */
  readonly waitMs: number;
  /** The address of the engine that the lock is for. */
  readonly engine?: string | undefined;
  /** Ends the waiting; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  readonly sleep?: ((milliseconds: number, signal?: AbortSignal) => Promise<unknown>) | undefined;
}

const pollMs = 100;

/**
 * A run of another engine is in nobody's way but for the file that they share, and ends soon: it is waited for. Of the same engine
 * one run is enough.
 */
const otherEngineMs = 600_000;

/** Whoever has just taken the lock says who it is once it has the ledger. */
const unknownHolderMs = 2_000;

/** Another run holds the lock. */
export class LedgerLocked extends Failure {
  /** Null where it is not known who. */
  readonly holder: LockHolder | null;

  constructor(path: string, holder: LockHolder | null) {
    const what = `Another run holds the lock ${path}: try again later, or wait for it with --lock-wait.`;
    super("locked", holder === null ? what : `${what} It is ${describeHolder(holder)}.`);
    this.holder = holder;
  }
}

/** Keeps locks from the garbage collector, which would close the file under a caller that forgot its lock. */
const held = new Set<Database>();

/** `PID 4711 of root, for unix:///run/docker.sock` */
function describeHolder({ pid, user, engine }: LockHolder): string {
  return `PID ${pid} of ${user}${engine === null ? "" : `, for ${engine}`}`;
}

/**
 * Takes the lock that makes a run the only one on its ledger. It is SQLite's lock on an empty file beside the
 * ledger, a POSIX record lock: the kernel drops it with its process, so nothing can be left behind by a kill,
 * a crash or a reboot.
 *
 * Waits for a run of another engine as well. Throws LedgerLocked when another run holds it, and a Failure of code `ledger` when
 * there can be no lock.
 */
export async function acquireLock(ledgerPath: string, options: LockOptions): Promise<Lock> {
  const path = `${absolutePath(ledgerPath)}.lock`;
  const { waitMs, engine = null, signal, sleep = defaultSleep } = options;
  const startedAt = performance.now();
  let unknownSince: number | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const lock = tryLockOrWait(path, engine);
    if (lock !== null) {
      return lock;
    }
    const holder = readHolder(path);
    const now = performance.now();
    // One run after another takes it: each has its own time to say who it is.
    unknownSince = holder === null ? (unknownSince ?? now) : null;
    const left = Math.max(
      startedAt + Math.max(waitMs, patienceWith(holder, engine)) - now,
      unknownSince !== null && engine !== null ? unknownSince + unknownHolderMs - now : 0,
    );
    if (left <= 0) throw new LedgerLocked(path, holder);
    await sleep(Math.min(pollMs, left), signal);
  }
}

function patienceWith(holder: LockHolder | null, engine: string | null): number {
  if (engine === null || holder === null) return 0;
  const isOther = holder.engine !== null && holder.engine !== engine;
  const isStaying = (holder.lingersUntil ?? 0) > Date.now() + otherEngineMs;
  return isOther && !isStaying ? otherEngineMs : 0;
}

/**
 * A full disk is no reason not to run: that makes room. Until it has, nothing is written, so no lock is needed; and a second run
 * that finds no room either does no harm, as each looks anew just before each removal.
 */
function tryLockOrWait(path: string, engine: string | null): Lock | null {
  try {
    return tryLock(path, engine);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "ledger-full") throw error;
    return lateLock(path, engine);
  }
}

function lateLock(path: string, engine: string | null): Lock {
  let lock: Lock | null = null;
  return {
    ensure: () => {
      lock ??= tryLock(path, engine);
      if (lock === null)
        throw new Failure("ledger-full", `Another run took the lock ${path} while the disk was full.`);
    },
    announce: () => lock?.announce(),
    linger: (until) => lock?.linger(until),
    release: () => lock?.release(),
  };
}

/** Null when somebody else, or this process itself, holds it. */
function tryLock(path: string, engine: string | null): Lock | null {
  return orLedgerFailure(path, () => {
    createPrivateFolder(dirname(path));
    ensureLockFile(path);
    const database = openFile(path, 0);
    try {
      // SQLite prepares an empty file's first page at once, and would put a journal for it on the disk.
      database.pragma("journal_mode = MEMORY");
      database.exec("BEGIN EXCLUSIVE");
      held.add(database);
      const note = { engine, since: Date.now(), lingersUntil: null };
      return {
        ensure: () => undefined,
        announce: () => noteHolder(path, note),
        linger: (until) => noteHolder(path, { ...note, lingersUntil: until }),
        release: () => release(database, path),
      };
    } catch (error) {
      database.close();
      if (isBusy(error)) {
        return null;
      }
      throw error;
    }
  });
}

function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith("SQLITE_BUSY");
}

/** Closing rolls back: nothing is ever written. */
function release(database: Database, path: string): void {
  if (held.delete(database)) forgetHolder(path);
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
