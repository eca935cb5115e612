import { codeOf } from "../../core/text/failure.js";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { dirname } from "node:path";
import { putInPlace } from "../../files/put-in-place.js";
import { refusedLedger } from "./ledger-failure.js";

/** SQLite holds an in-memory database of up to 1 GiB (SQLITE_MEMDB_DEFAULT_MAXSIZE); a ledger has a few MiB. */
const largestBytes = 2 ** 30;

const privateMode = 0o600;

/**
 * Creates what is missing of a folder's path, for this user only. Node's own `recursive` never returns when the
 * system says ENOENT below a folder that is there, as it does in /proc or in a deleted working directory.
 */
export function createPrivateFolder(path: string): void {
  if (existsSync(path)) return;
  createPrivateFolder(dirname(path));
  unlessThere(() => mkdirSync(path, { mode: 0o700 }));
}

/** For what another run may create at the same moment: whoever comes second finds it there. */
export function unlessThere(create: () => void): void {
  try {
    create();
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** Creates an empty file for this user only. Throws EEXIST for whatever is there, a dangling link too. */
export function createPrivateFile(path: string): void {
  closeSync(openSync(path, "wx", privateMode));
}

/**
 * Puts a file for this user only into place, whole and on the disk, or not at all: a kill or a power loss
 * leaves no half of it.
 */
export function placePrivateFile(path: string, content: Buffer): void {
  const draft = `${path}.new`;
  // A killed run may have left one.
  rmSync(draft, { force: true });
  const descriptor = openSync(draft, "wx", privateMode);
  putInPlace({ path: draft, descriptor }, path, content, privateMode);
  syncFolder(dirname(path));
}

/** The content of a regular file; null when there is none. See `withRegularFile` for when not to call it. */
export function readRegularFile(path: string): Buffer | null {
  return withRegularFile(path, (descriptor) => {
    if (fstatSync(descriptor).size > largestBytes) {
      throw refusedLedger(path, "is larger than 1 GiB", "move it away to start a new one");
    }
    return readFileSync(descriptor);
  });
}

/** The first bytes of a regular file, fewer when it is shorter; null when there is none. */
export function readStart(path: string, bytes: number): Buffer | null {
  return withRegularFile(path, (descriptor) => {
    const start = Buffer.alloc(bytes);
    return start.subarray(0, readSync(descriptor, start, 0, bytes, 0));
  });
}

/**
 * Never call it on a file that this process has open through SQLite: closing any descriptor of a file drops all
 * locks of the process on it. https://www.sqlite.org/howtocorrupt.html, section 2.2
 */
function withRegularFile<T>(path: string, read: (descriptor: number) => T): T | null {
  // A pipe would block without O_NONBLOCK until somebody writes.
  const descriptor = openIfThere(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (descriptor === null) return null;
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) {
      const found = stat.isDirectory() ? "is a folder" : "is no regular file";
      throw refusedLedger(path, found, "name a file with --ledger");
    }
    return read(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function openIfThere(path: string, flags: number): number | null {
  try {
    return openSync(path, flags);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Without it, the new name itself may be lost with the power. */
function syncFolder(path: string): void {
  const descriptor = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
