import type { Interruption } from "./interruption.js";
import type { RawOptions } from "./options/raw-options.js";
import type { CommandProcess } from "./command-process.js";

export interface Task {
  readonly raw: RawOptions;
  /** With what was read ahead: see settings.ts. */
  readonly process: CommandProcess & { readonly readFile: (path: string) => string };
  readonly interruption: Interruption;
  /** Of the error that it is about to throw, nothing more is to be said on stderr. */
  readonly silence: () => void;
}

/** Does the work of a command, and answers with the exit code. Throws what it cannot go on with. */
export type Perform = (task: Task) => Promise<number>;
