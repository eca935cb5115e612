import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { describeError, Failure } from "../../core/failure.js";

/** Far more than anybody writes, and little enough to be read in a moment. */
const largestBytes = 256 * 1024;

/** Whoever may write here may have root do what the settings say. */
const writableByAnybody = 0o002;

/**
 * The text of a config file; null when there is no such file.
 *
 * @throws Failure of code `usage` for what cannot be read, is no file, is too large, or is not UTF-8; for root also for
 * what anybody may write to.
 */
export function readConfigFile(path: string, uid: number | null): string | null {
  const refuse = (problem: string, expected: string, cause?: unknown): Failure =>
    new Failure("usage", `${path}: the config file ${problem}; expected ${expected}.`, { cause });
  let descriptor: number;
  try {
    // Without O_NONBLOCK, a pipe that nobody writes to would be waited for.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw refuse(`cannot be read (${describeError(error)})`, "one that this user may read", error);
  }
  try {
    const stat = fstatSync(descriptor);
    // A device: /dev/null is a file without settings.
    if (!stat.isFile() && !stat.isCharacterDevice()) throw refuse("is no regular file", "YAML or JSON");
    if (uid === 0 && stat.isFile() && (stat.mode & writableByAnybody) !== 0) {
      throw refuse("can be changed by anybody", `it after "chmod o-w", as root reads it`);
    }
    const bytes = readStart(descriptor, largestBytes + 1);
    if (bytes.length > largestBytes) throw refuse(`is too large`, `at most ${largestBytes / 1024} KiB`);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (error) {
      throw refuse("is not UTF-8", "text", error);
    }
  } finally {
    closeSync(descriptor);
  }
}

function readStart(descriptor: number, most: number): Buffer {
  const start = Buffer.alloc(most);
  let length = 0;
  for (let read = -1; read !== 0 && length < most; length += read)
    read = readSync(descriptor, start, length, most - length, null);
  return start.subarray(0, length);
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return code === "ENOENT" || code === "ENOTDIR";
}
