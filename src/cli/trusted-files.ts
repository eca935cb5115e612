import { Failure, type FailureCode } from "../core/text/failure.js";
import { defaultLedgerPath } from "../ledger/file/location.js";
import { acquireLock, type Lock } from "../ledger/file/lock.js";
import { findDistrust, trustedUsers, type TrustedUsers, type Use } from "../files/trust.js";
import type { GivenOptions } from "./options/raw-options.js";
import type { Settings } from "./options/settings.js";
import type { CommandProcess } from "./command-process.js";
import type { Task } from "./task.js";

/** Whom the files that steer removals may belong to; null: anybody. */
export function usersOf(
  { flags }: Pick<GivenOptions, "flags">,
  { uid, env }: Pick<CommandProcess, "uid" | "env">,
): TrustedUsers {
  return flags["trust-files"]?.value === true ? null : trustedUsers(uid, env);
}

/** A file that steers what root removes. */
interface Steering {
  /** `the config file`. */
  readonly what: string;
  readonly path: string;
  readonly use: Use;
  readonly code: FailureCode;
}

/** Throws a Failure that says how to mend it where somebody else could change the file. */
export function refuseUntrusted({ what, path, use, code }: Steering, users: TrustedUsers): void {
  const found = findDistrust(path, users, use);
  if (found === null) return;
  const mend =
    found.remedy === null ? "put it into a folder that only root can write to" : `run "${found.remedy}"`;
  const which = found.path === path ? "it" : found.path;
  throw new Failure(
    code,
    `Root does not take ${what} ${path}: ${which} ${found.problem}; ${mend}, or give --trust-files.`,
  );
}

/** Where the ledger is, once nobody else can change it, its lock, or what SQLite keeps beside it. */
export function trustedLedgerPath(
  { raw, process }: Pick<Task, "raw" | "process">,
  settings: Pick<Settings, "ledgerPath">,
): string {
  const path = settings.ledgerPath ?? defaultLedgerPath(process);
  refuseUntrustedLedger(path, usersOf(raw, process));
  return path;
}

function refuseUntrustedLedger(path: string, users: TrustedUsers): void {
  for (const suffix of ["", ".lock", ".holder", ".said", ".idle", "-wal", "-shm", "-journal"])
    refuseUntrusted({ what: "the ledger", path: path + suffix, use: "written", code: "ledger" }, users);
}

/** Takes the lock of a trusted ledger, for the engine at this address. Only then its folder is there for certain, and nobody else's. */
export async function lockTrusted(
  path: string,
  engine: string,
  { lockWaitMs }: Pick<Settings, "lockWaitMs">,
  { raw, process, interruption }: Task,
): Promise<Lock> {
  const lock = await acquireLock(path, { waitMs: lockWaitMs, engine, signal: interruption.waiting });
  try {
    refuseUntrustedLedger(path, usersOf(raw, process));
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}
