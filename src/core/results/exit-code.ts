import { Failure, type FailureCode } from "../text/failure.js";
import { problemsIn, type Checkup } from "./checkup.js";
import type { InterruptionCause } from "./interruption.js";
import type { RunReport } from "./run-report.js";

/** Every exit code and what it means; the help and the README print this table. */
export const exitCodes = {
  0: "done, also when there was nothing to do",
  1: "a bug: unexpected failure",
  2: "usage or configuration; nothing was removed",
  3: "some removals failed",
  4: "the engine cannot be reached, or its answers cannot be trusted; nothing was removed after that",
  5: "the ledger cannot be used; nothing was removed, or the report says what",
  6: "a limit could not be met; of doctor: it has found a problem",
  74: "the result could not be written, as on a full disk; all else was done",
  75: "another run holds the lock",
  130: "interrupted (SIGINT)",
  143: "terminated (SIGTERM)",
} as const;

type ExitCode = keyof typeof exitCodes;

/** The exit code where nothing else went wrong. */
export const outputFailed = 74 satisfies ExitCode;

const codeOfFailure = {
  usage: 2,
  engine: 4,
  ledger: 5,
  "ledger-full": 5,
  locked: 75,
} as const satisfies Record<FailureCode, ExitCode>;

const codeOfInterruption = {
  SIGINT: 130,
  SIGTERM: 143,
  "run-timeout": 4,
} as const satisfies Record<InterruptionCause, ExitCode>;

/**
 * The exit code of a run that has a report: what ended it early first, then what went wrong, then what is left
 * to do. A refused removal (HTTP 409: the image was used now) is no error.
 */
export function exitCodeOf(report: RunReport): ExitCode {
  if (report.interruptedBy !== null) return codeOfInterruption[report.interruptedBy];
  if (report.stoppedBy !== null) return codeOfFailure[report.stoppedBy.code];
  if (report.images.some(({ outcome }) => outcome === "failed")) return 3;
  return report.unmetLimits.length > 0 ? 6 : 0;
}

/** Of a look at what runs need. */
export function exitCodeOfCheckup(checkup: Checkup): ExitCode {
  return problemsIn(checkup).length > 0 ? 6 : 0;
}

/** Whether a run came to its end: it observed, and tried all that it had planned. */
export function cameThrough(exitCode: number): boolean {
  return [0, 3, 6, outputFailed].includes(exitCode);
}

export function exitCodeOfInterruption(cause: InterruptionCause): ExitCode {
  return codeOfInterruption[cause];
}

/** The exit code for whatever was thrown: everything that is no Failure is a bug. */
export function exitCodeOfError(error: unknown): ExitCode {
  return error instanceof Failure ? codeOfFailure[error.code] : 1;
}
