import type { SteadyClock } from "../../src/core/uses/checkpoint.js";
import { realClock } from "../practice-engine/clock.js";

/**
 * A plan is made for a moment, and two runs that have to agree must not be told apart by how busy the machine is. So the
 * observer's clock, by which idle times go, stands still until time is let pass, and then catches up with the engine's. That
 * one goes on: a run asks for the events until its own now, and an engine whose clock lags makes it wait for them.
 */
export class StandingClock {
  readonly #real = realClock();
  #passedMs = 0;
  #stoodAt = this.now();

  readonly steady = (): SteadyClock => ({ bootId: "torture", elapsedMs: Number(this.#stoodAt / 1_000_000n) });

  now(): bigint {
    return this.#real() + BigInt(this.#passedMs) * 1_000_000n;
  }

  pass(milliseconds: number): void {
    this.#passedMs += milliseconds;
    this.#stoodAt = this.now();
  }
}
