import { codeOf, describeError, Failure } from "../../../core/text/failure.js";
import { UnfitFile } from "../../../files/open-input.js";
import type { TrustedUsers } from "../../../files/trust.js";
import { readText } from "../read-text.js";
import { refuseUntrusted } from "../../trusted-files.js";

/** Far more than anybody writes, and little enough to be read in a moment. */
const largestBytes = 256 * 1024;

/**
 * The text of a config file; null when there is no such file. A pipe is waited for until `signal` is aborted.
 *
 * @throws Failure of code `usage` for what cannot be read, is no file, is too large, is not UTF-8, or can be changed by
 * others than these users.
 */
export async function readConfigFile(
  path: string,
  users: TrustedUsers,
  signal: AbortSignal,
): Promise<string | null> {
  refuseUntrusted({ what: "the config file", path, use: "read", code: "usage" }, users);
  try {
    return await readText(path, largestBytes, signal);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return null;
    if (signal.aborted) throw error;
    const [problem, expected] =
      error instanceof UnfitFile
        ? [error.message, error.expected]
        : [`cannot be read (${describeError(error)})`, "one that this user may read"];
    throw new Failure("usage", `${path}: the config file ${problem}; expected ${expected}.`, {
      cause: error,
    });
  }
}
