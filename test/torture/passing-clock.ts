import type { SteadyClock } from "../../src/core/uses/checkpoint.js";
import { realClock } from "../practice-engine/clock.js";

/** The time of this machine, and as much more as has been let pass: the engine's clock and the observer's go together. */
export class PassingClock {
  readonly #real = realClock();
  #passedMs = 0;

  readonly now = (): bigint => this.#real() + BigInt(this.#passedMs) * 1_000_000n;

  readonly steady = (): SteadyClock => ({
    bootId: "torture",
    elapsedMs: Math.floor(performance.now()) + this.#passedMs,
  });

  pass(milliseconds: number): void {
    this.#passedMs += milliseconds;
  }
}
