import { rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { attempt } from "../../core/text/attempt.js";
import { codeOf } from "../../core/text/failure.js";
import { readFileNow } from "../../files/read-input.js";

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
    const note = { pid: process.pid, user: userName(), ...holder };
    writeFileSync(path, JSON.stringify(note), { flag: "wx", mode: 0o600 });
  } catch {
    forgetHolder(lockPath);
  }
}

/** To be called before the lock is released. */
export function forgetHolder(lockPath: string): void {
  // Where that fails, the next one who takes the lock tries again.
  attempt(() => rmSync(noteFile(lockPath), { force: true }), undefined);
}

/** Null where nobody has left a note, or who left it is gone: a killed run takes its lock with it, and not its note. */
export function readHolder(lockPath: string): LockHolder | null {
  const intake = { most: largestBytes, links: "refused" } as const;
  const note = attempt(() => parseNote(readFileNow(noteFile(lockPath), intake).toString("utf8")), null);
  return note !== null && isAlive(note.pid) ? note : null;
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
    return codeOf(error) === "EPERM";
  }
}

/** Of this process; the system may not know it by name, as in many containers. */
export function userName(): string {
  return attempt(() => userInfo().username, `user ${process.geteuid?.() ?? "unknown"}`);
}
