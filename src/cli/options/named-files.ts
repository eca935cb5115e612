import { codeOf, describeError, Failure } from "../../core/text/failure.js";
import { UnfitFile } from "../../files/open-input.js";
import type { TrustedUsers } from "../../files/trust.js";
import type { Given, RawOptions } from "./raw-options.js";
import { readText } from "./read-text.js";
import { refuseUntrusted } from "../trusted-files.js";

/** A file that an option names. */
interface Kind {
  /** `the keep file`. */
  readonly what: string;
  /** Bytes. */
  readonly most: number;
  readonly expected: string;
  /** Whether it may not be there: then its text is empty. */
  readonly absent: "refused" | "empty";
}

const mebibyte = 1024 * 1024;

const keepFile: Kind = {
  what: "the keep file",
  // A hundred thousand patterns.
  most: 8 * mebibyte,
  expected: "a file with one pattern a line",
  absent: "refused",
};

const mark: Kind = {
  what: "the mark",
  // Of two hundred thousand images.
  most: 32 * mebibyte,
  expected: "one that docker-gc mark has made when the job began",
  absent: "refused",
};

const imageIdFile: Kind = {
  what: "the file",
  most: mebibyte,
  expected: "a file that docker build --iidfile has written",
  // A build that failed leaves none, and its job is cleaned up after all the same.
  absent: "empty",
};

/** The texts of all files that options name, by their paths, read before the settings are understood, as a pipe may have to be waited for. */
export async function readNamedFiles(
  { values, lists }: RawOptions,
  users: TrustedUsers,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const read = async (given: Given<string> | undefined, kind: Kind) => {
    if (given !== undefined) texts.set(given.value, await readNamed(given, kind, users, signal));
  };
  await read(values["keep-file"], keepFile);
  await read(values["since-mark"], mark);
  for (const given of lists.iidfile ?? []) await read(given, imageIdFile);
  return texts;
}

/** @throws Failure of code `usage`, as readConfigFile does; a file that is not there is one, too, where it has to be. */
async function readNamed(
  { value: path, origin }: Given<string>,
  { what, most, expected, absent }: Kind,
  users: TrustedUsers,
  signal: AbortSignal,
): Promise<string> {
  refuseUntrusted({ what, path, use: "read", code: "usage" }, users);
  try {
    return await readText(path, most, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    if (absent === "empty" && codeOf(error) === "ENOENT") return "";
    const problem =
      error instanceof UnfitFile
        ? `${path} ${error.message}`
        : `the file cannot be read (${describeError(error)})`;
    throw new Failure("usage", `${origin}: ${problem}; expected ${expected}.`, { cause: error });
  }
}
