import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { describeError, Failure } from "../../core/text/failure.js";

const damagedRemedy =
  "move it and its -wal file away to start a new one (nothing is removed for its age until it has been watched long enough again), or restore a copy";

/** Error codes of a full disk. */
const full = ["SQLITE_FULL", "ENOSPC", "EDQUOT"];

/** What an error code means for a ledger, and what to do; the first prefix that fits counts. */
const problems: readonly (readonly [prefixes: readonly string[], found: string, remedy: string])[] = [
  [full, "cannot be written: its disk is full", "free some space there"],
  [
    ["SQLITE_READONLY", "EROFS"],
    "cannot be written: it or its file system is read-only",
    "make it writable, or name another file with --ledger",
  ],
  [
    ["EACCES", "EPERM", "SQLITE_PERM", "SQLITE_AUTH"],
    "cannot be used: permission is denied",
    "run as the user that owns it, or name another file with --ledger",
  ],
  [["SQLITE_CORRUPT", "SQLITE_NOTADB"], "is damaged", damagedRemedy],
  [
    ["SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"],
    "is in use by another program",
    "end that program, then try again",
  ],
  [["SQLITE_IOERR", "EIO"], "cannot be read or written: the system reports an I/O error", "check its disk"],
  [["ELOOP"], "is a symbolic link, or its path has a loop of them", "name the file itself with --ledger"],
  [["SQLITE_CONSTRAINT"], "refused a row", "this is a bug, please report it"],
];

/** Codes that SQLite may use for a full disk: it finds out while it makes room for its shared memory, or a file for its log. */
const vague = ["SQLITE_IOERR", "SQLITE_CANTOPEN"];

export function refusedLedger(path: string, found: string, remedy: string): Failure {
  // SQLite describes damage in several lines, and with what it found in the file.
  const oneLine = found.replace(/\s+/g, " ");
  return new Failure("ledger", `The ledger file ${path} ${oneLine}: ${remedy}.`);
}

export function damagedLedger(path: string, detail: string): Failure {
  return refusedLedger(path, `is damaged (${detail})`, damagedRemedy);
}

/** Of a file that was never the same before and after it was read. */
export function unsteadyLedger(path: string): Failure {
  return refusedLedger(path, "changes all the time", "try again when no other program writes to it");
}

/**
 * Runs an action on the file at this path. Errors of SQLite and of the file system come out as a Failure of
 * code `ledger`, or `ledger-full`; everything else is a bug and passes unchanged.
 */
export function orLedgerFailure<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = errorCode(error);
    throw code === null ? error : toFailure(path, error, code);
  }
}

function toFailure(path: string, error: unknown, code: string): Failure {
  const lack = lackOf(path);
  const meant = vague.some((prefix) => code.startsWith(prefix)) && lack !== null ? "ENOSPC" : code;
  if (full.some((prefix) => meant.startsWith(prefix)) && lack === "inodes") {
    const found = `cannot be written: its disk has no inodes left (${describeError(error)})`;
    const { message } = refusedLedger(path, found, "remove some files there");
    return new Failure("ledger-full", message, { cause: error });
  }
  const [prefixes, found, remedy] = problems.find(([known]) =>
    known.some((prefix) => meant.startsWith(prefix)),
  ) ?? [[], "cannot be used", "check its path, or name another file with --ledger"];
  const { message } = refusedLedger(path, `${found} (${describeError(error)})`, remedy);
  return new Failure(prefixes === full ? "ledger-full" : "ledger", message, { cause: error });
}

function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") {
    return null;
  }
  return error.code.startsWith("SQLITE_") || "syscall" in error ? error.code : null;
}

/** What the disk of a file has none of any more; null where it has both. */
function lackOf(path: string): "space" | "inodes" | null {
  let folder = dirname(path);
  // There may have been no room for the folder itself.
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder);
  try {
    const { bavail, bsize, files, ffree } = statfsSync(folder);
    // SQLite maps its shared memory in pieces of 32 KiB, the most it needs at once.
    if (bavail * bsize < 32 * 1024) return "space";
    // A filesystem that does not count them, as btrfs does not, says 0 of 0.
    return files > 0 && ffree === 0 ? "inodes" : null;
  } catch {
    return null;
  }
}
