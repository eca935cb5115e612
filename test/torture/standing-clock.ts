import type { SteadyClock } from "../../src/core/uses/checkpoint.js";
import { SteeredClock } from "../support/practice-engine/clock.js";

/**
 * Stands still but for what has been let pass, and a microsecond at every reading: a plan is made for a moment, and two runs
 * that have to agree must not be told apart by how busy the machine is. The engine's clock and the observer's go together.
 */
export class StandingClock {
  readonly #clock = new SteeredClock(Date.UTC(2026, 0, 1));

  readonly now = this.#clock.now;

  readonly steady = (): SteadyClock => ({
    bootId: "torture",
    elapsedMs: Number(this.now() / 1_000_000n),
  });

  pass(milliseconds: number): void {
    this.#clock.advance(milliseconds);
  }
}
