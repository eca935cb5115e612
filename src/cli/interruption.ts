type Signal = "SIGINT" | "SIGTERM";

/**
 * A wish to end, from Ctrl-C or a supervisor. Until `hold` is called nothing is under way that would have to be
 * finished, so whatever the program waits for is given up at once; after it, the loop of removals looks at `signal`.
 */
export class Interruption {
  #signal: Signal | null = null;
  #held = false;
  readonly #waiting = new AbortController();
  readonly #any = new AbortController();

  /** The first signal that came. */
  get signal(): Signal | null {
    return this.#signal;
  }

  /** Aborted by any signal. */
  get any(): AbortSignal {
    return this.#any.signal;
  }

  /** Aborted by a signal that comes before `hold`. */
  get waiting(): AbortSignal {
    return this.#waiting.signal;
  }

  raise(signal: Signal): void {
    this.#signal ??= signal;
    if (!this.#held) this.#waiting.abort();
    this.#any.abort();
  }

  hold(): void {
    this.#held = true;
  }
}
