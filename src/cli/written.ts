import { outputFailed } from "../core/results/exit-code.js";
import { describeError } from "../core/text/failure.js";
import type { CommandProcess } from "./command-process.js";

/**
 * The exit code of a command that has written its result: another one where that did not arrive, as in a file on a full disk. Then
 * stderr has a sentence that says so.
 */
export async function whenWritten(
  exitCode: number,
  { outputFailure, stderr }: Pick<CommandProcess, "outputFailure" | "stderr">,
): Promise<number> {
  const error = await outputFailure();
  if (error === null) return exitCode;
  stderr.write(
    `docker-gc: The result cannot be written to stdout (${describeError(error)}); make room where it goes.\n`,
  );
  return exitCode === 0 ? outputFailed : exitCode;
}
