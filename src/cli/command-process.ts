import type { Environment } from "../core/text/environment.js";
import type { MeasureFilesystem } from "../run/remove/free-space.js";
import type { SteadyClock } from "../core/uses/checkpoint.js";

export interface Output {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  /** Width of the terminal in characters; absent for a pipe or a file. */
  readonly columns?: number;
}

export interface Person {
  /** The answer, a line; null where none came in time. Throws the signal's reason. */
  readonly ask: (
    question: string,
    options: { readonly signal: AbortSignal; readonly waitMs: number },
  ) => Promise<string | null>;
  /** The text as it comes out of the person's editor. */
  readonly edit: (text: string, env: Environment) => Promise<Edited>;
}

export type Edited =
  | { readonly kind: "edited"; readonly text: string }
  /** `how`: a sentence without its end, `The editor ended with exit 1`. */
  | { readonly kind: "failed"; readonly how: string };

/** The process as a command sees it; main.ts is where the real one comes in. */
export interface CommandProcess {
  readonly argv: readonly string[];
  readonly env: Environment;
  /** Effective user ID; null where the system has none. */
  readonly uid: number | null;
  readonly home: string;
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Absent where nobody can be asked: stdin or stderr is no terminal. */
  readonly person?: Person | undefined;
  /** Waits until what was written to stdout has arrived; the error that kept it from that, given once, else null. */
  readonly outputFailure: () => Promise<Error | null>;
  /** Device and inode of the file behind a stream, `8:1234`; null where that is not known. */
  readonly fileOf: (stream: "stdout" | "stderr") => string | null;
  /** Epoch milliseconds by this machine. */
  readonly now: () => number;
  readonly steadyClock: () => SteadyClock;
  readonly measureFilesystem: MeasureFilesystem;
  /** Keeps what has been compiled of the program for later runs, where there is none of a run that did this. */
  readonly keepCode: (deed: Done["deed"]) => void;
  /** Calls back for each signal that asks the process to end. */
  readonly onSignal: (listener: (signal: "SIGINT" | "SIGTERM") => void) => void;
}

/** How a command has ended, and what it did of all that it can do. */
export interface Done {
  readonly exitCode: number;
  readonly deed: "pass" | "run";
}
