/** The engine's clock: epoch nanoseconds, later at every reading. */
export type Clock = () => bigint;

const nanosPerMilli = 1_000_000n;

/** The time of this machine. */
export function realClock(): Clock {
  const offset = BigInt(Date.now()) * nanosPerMilli - process.hrtime.bigint();
  let last = 0n;
  return () => {
    const time = process.hrtime.bigint() + offset;
    last = time > last ? time : last + 1n;
    return last;
  };
}

/** A clock that a test moves, so that a week passes at once. It moves by a microsecond at every reading. */
export class SteeredClock {
  #time: bigint;

  /** @param start epoch milliseconds */
  constructor(start: number = Date.now()) {
    this.#time = BigInt(start) * nanosPerMilli;
  }

  readonly now: Clock = () => {
    this.#time += 1_000n;
    return this.#time;
  };

  /** Backward with a negative number, as a clock that somebody sets. */
  advance(milliseconds: number): void {
    this.#time += BigInt(milliseconds) * nanosPerMilli;
  }
}

/** RFC 3339 with nanoseconds, as `/info` shows it. */
export function formatNanos(time: bigint): string {
  const seconds = time / 1_000_000_000n;
  const fraction = (time % 1_000_000_000n).toString().padStart(9, "0");
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}

/** Epoch seconds, rounded down. */
export function secondsOf(time: bigint): number {
  return Number(time / 1_000_000_000n);
}
