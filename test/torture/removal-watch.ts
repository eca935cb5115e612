import type { ImageId } from "../../src/core/image/image.js";
import { keptRepository, type Limits } from "./policy.js";
import type { Tally } from "./tally.js";
import type { Truth } from "./truth.js";

export const underContainer = "an image was removed under a container";
export const wronglyRemoved = "an image was removed that a run with full knowledge would have kept";

const roundingMs = 5;

/** The run that goes on. */
export interface CurrentRun {
  readonly limits: Limits;
  /** Epoch milliseconds of the engine's clock. What is used later than this, a run need not know. */
  readonly startedAt: number;
  readonly description: string;
}

/** Judges every image that an engine deletes, at that moment, by the truth. */
export class RemovalWatch {
  readonly #truth: Truth;
  readonly #tally: Tally;
  readonly removedNow: ImageId[] = [];
  current: CurrentRun | null = null;

  constructor(truth: Truth, tally: Tally) {
    this.#truth = truth;
    this.#tally = tally;
  }

  begin(run: CurrentRun): void {
    this.current = run;
    this.removedNow.length = 0;
  }

  /** @param at epoch milliseconds of the engine's clock */
  sawRemoval(image: ImageId, at: number): void {
    this.#tally.count("images removed");
    this.removedNow.push(image);
    const run = this.current;
    const problem = run === null ? "nobody was asked to" : this.#problemWith(image, at, run);
    if (this.#truth.isHeld(image)) this.#tally.breach(underContainer, `${image}, ${run?.description ?? ""}`);
    if (problem !== null)
      this.#tally.breach(wronglyRemoved, `${image}: ${problem}, ${run?.description ?? ""}`);
    this.#truth.gone(image);
  }

  #problemWith(image: ImageId, at: number, { limits, startedAt }: CurrentRun): string | null {
    const appearedAt = this.#truth.appearedAt(image);
    if (appearedAt === null) return "it was not there";
    // One that came just after the start may be idle for long enough all the same, if the run is slow to look.
    const isNewer = appearedAt > startedAt;
    if (isNewer && limits.kind === "quota") return "it is newer than the run";
    const usedAt = isNewer ? appearedAt : this.#truth.lastUseUpTo(image, startedAt - roundingMs);
    const kept = [...this.#truth.names].find(
      ([name, id]) => id === image && name.startsWith(keptRepository) && !name.includes("@"),
    );
    if (kept !== undefined) return `${kept[0]} is kept by rule`;
    // Null where all its uses are in gaps.
    const idleMs = usedAt === null ? Infinity : at - usedAt + roundingMs;
    if (limits.kind === "nothing") return "no limit was given";
    if (limits.maxAgeMs !== null && idleMs < limits.maxAgeMs) return `it was idle for ${idleMs} ms only`;
    if (Math.min(idleMs, at - appearedAt + roundingMs) < limits.graceMs) return "it was in its grace time";
    return null;
  }
}
