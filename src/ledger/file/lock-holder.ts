import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { userInfo } from "node:os";

/** Who holds a lock, for whoever finds it locked. */
export interface LockHolder {
  readonly pid: number;
  /** The user that it runs as: a name, or `user 1000`. */
  readonly user: string;
  /** The address of the engine that it works on; null where it does not say. */
  readonly engine: string | null;
  /** When it took the lock, epoch milliseconds by this host's clock. */
  readonly since: number;
  /** Until when it means to stay after its work, likewise; null where it does not. */
  readonly lingersUntil: number | null;
}

/** More than any note of ours has. */
const largestBytes = 4096;

function noteFile(lockPath: string): string {
  return lockPath.replace(/\.lock$/, ".holder");
}

/**
 * Leaves a note beside a lock that is held. The lock does without: where there is no room for the note, as on a full disk,
 * there is none.
 */
export function noteHolder(lockPath: string, holder: Omit<LockHolder, "pid" | "user">): void {
  const path = noteFile(lockPath);
  try {
    rmSync(path, { force: true });
    const descriptor = openSync(path, "wx", 0o600);
    try {
      writeSync(descriptor, JSON.stringify({ pid: process.pid, user: userName(), ...holder }));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    forgetHolder(lockPath);
  }
}

/** To be called before the lock is released. */
export function forgetHolder(lockPath: string): void {
  try {
    rmSync(noteFile(lockPath), { force: true });
  } catch {
    // The next one who takes the lock tries again.
  }
}

/** Null where nobody has left a note, or who left it is gone: a killed run takes its lock with it, and not its note. */
export function readHolder(lockPath: string): LockHolder | null {
  try {
    const descriptor = openSync(
      noteFile(lockPath),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      const note = parseNote(readFileSync(descriptor).subarray(0, largestBytes).toString("utf8"));
      return note !== null && isAlive(note.pid) ? note : null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}

function parseNote(text: string): LockHolder | null {
  const note = JSON.parse(text) as Partial<Record<keyof LockHolder, unknown>> | null;
  const { pid, user, engine, since, lingersUntil } = note ?? {};
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return null;
  if (typeof user !== "string" || typeof since !== "number") return null;
  return {
    pid,
    user,
    since,
    engine: typeof engine === "string" ? engine : null,
    lingersUntil: typeof lingersUntil === "number" ? lingersUntil : null,
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user whom the system does not know by name, as in many containers.
    return `user ${process.geteuid?.() ?? "unknown"}`;
  }
}
