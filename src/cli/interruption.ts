import type { InterruptionCause } from "../core/results/interruption.js";

/**
 * A wish to end, from Ctrl-C, a supervisor, or the time that the command has. Until `hold` is called nothing is under way
 * that would have to be finished, so whatever the program waits for is given up at once; after it, the loop of removals looks
 * at `cause`, and what the engine still has to say is waited for only briefly.
 */
export class Interruption {
  #cause: InterruptionCause | null = null;
  #held = false;
  #isElsewhere = false;
  readonly #waiting = new AbortController();
  readonly #any = new AbortController();
  readonly #again = new AbortController();

  /** The first that came. */
  get cause(): InterruptionCause | null {
    return this.#cause;
  }

  get any(): AbortSignal {
    return this.#any.signal;
  }

  /** Aborted by one that comes before `hold`. */
  get waiting(): AbortSignal {
    return this.#waiting.signal;
  }

  /** Aborted by the second: whoever asks twice does not want to wait for anything. */
  get again(): AbortSignal {
    return this.#again.signal;
  }

  raise(cause: InterruptionCause): void {
    if (this.#isElsewhere && cause === "SIGINT") return;
    if (this.#cause !== null) this.#again.abort();
    this.#cause ??= cause;
    if (!this.#held) this.#waiting.abort();
    this.#any.abort();
  }

  hold(): void {
    this.#held = true;
  }

  /** Leaves Ctrl-C to another program that has the terminal meanwhile, as an editor, where it ends no command. */
  async leaveTerminalTo<T>(program: () => Promise<T>): Promise<T> {
    this.#isElsewhere = true;
    try {
      return await program();
    } finally {
      this.#isElsewhere = false;
    }
  }

  /** Ends the command after this many milliseconds, never for null. Returns what calls that off. */
  endAfter(ms: number | null): () => void {
    if (ms === null) return () => undefined;
    const timer = setTimeout(() => this.raise("run-timeout"), ms).unref();
    return () => clearTimeout(timer);
  }
}
