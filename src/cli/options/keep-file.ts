import { describeError, Failure } from "../../core/text/failure.js";
import { UnfitFile } from "../../files/open-input.js";
import type { TrustedUsers } from "../../files/trust.js";
import type { RawOptions } from "./raw-options.js";
import { readText } from "./read-text.js";
import { refuseUntrusted } from "../trusted-files.js";

/** A hundred thousand patterns. */
const largestBytes = 8 * 1024 * 1024;

/**
 * The text of the keep file, read before the settings are understood, as a pipe may have to be waited for; null where no
 * option names one.
 *
 * @throws Failure of code `usage`, as readConfigFile does; a file that is not there is one, too.
 */
export async function readKeepFile(
  { values }: RawOptions,
  users: TrustedUsers,
  signal: AbortSignal,
): Promise<string | null> {
  const given = values["keep-file"];
  if (given === undefined) return null;
  refuseUntrusted({ what: "the keep file", path: given.value, use: "read", code: "usage" }, users);
  try {
    return await readText(given.value, largestBytes, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const problem =
      error instanceof UnfitFile
        ? `${given.value} ${error.message}`
        : `the file cannot be read (${describeError(error)})`;
    throw new Failure("usage", `${given.origin}: ${problem}; expected a file with one pattern a line.`, {
      cause: error,
    });
  }
}
