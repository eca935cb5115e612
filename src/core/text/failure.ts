/**
 * Expected failures, one code each. The code decides the exit status (see exit-code.ts); the message is one
 * sentence that says what is wrong, where, and what to do. `ledger-full`: the disk of a sound ledger is full, which
 * removals may change.
 */
export type FailureCode = "usage" | "engine" | "ledger" | "ledger-full" | "locked";

export class Failure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Failure";
    this.code = code;
  }
}

/** The code of an error of the system or of SQLite, such as `ENOENT`; empty for one without. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The text of whatever was thrown, for use inside a sentence. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
