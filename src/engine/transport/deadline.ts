/** When an exchange has to end, whether or not its answer is there. */
export interface Patience {
  /** Milliseconds for the whole exchange, body included; null where `signal` ends it. */
  readonly timeoutMs: number | null;
  readonly signal?: AbortSignal;
}

interface UnderWay {
  add(deadline: Deadline): unknown;
  delete(deadline: Deadline): unknown;
}

/**
 * Ends an exchange when its time is over, never with null, when its own signal says so, or when it is given up. Where
 * Node takes an AbortSignal for a request it takes this: it looks at `aborted`, and listens for one event. Node's own,
 * with its controller and its event targets, costs a first run a tenth of its time, and AbortSignal.any lets
 * the garbage collector of Node 20 take what it returns.
 */
export class Deadline {
  /** Its time was over. */
  isOver = false;
  /** It ended the exchange, for whatever reason. */
  aborted = false;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout | null;
  readonly #other: AbortSignal | undefined;
  readonly #underWay: UnderWay;
  readonly giveUp = () => {
    if (this.aborted) return;
    this.aborted = true;
    for (const listener of this.#listeners) listener();
  };

  /** @param underWay holds it until it is cleared */
  constructor({ timeoutMs, signal }: Patience, underWay: UnderWay) {
    this.#underWay = underWay;
    this.#other = signal;
    if (signal?.aborted === true) this.giveUp();
    signal?.addEventListener("abort", this.giveUp);
    this.#timer = timeoutMs === null ? null : setTimeout(() => this.#end(), timeoutMs);
    underWay.add(this);
  }

  addEventListener(_: "abort", listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    this.#listeners.delete(listener);
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#other?.removeEventListener("abort", this.giveUp);
    this.#underWay.delete(this);
  }

  #end(): void {
    this.isOver = true;
    this.giveUp();
  }
}
