import { Failure } from "../../core/text/failure.js";
import type { Progress } from "./removal-watch.js";

/**
 * Whether the ledger has what a run observed before its removals, and then what it has seen and done on the way. On a full disk
 * that has to wait until some removals have made room: a disk is full just when images must go.
 */
export class DeferredSave {
  readonly #save: (progress: Progress) => void;
  readonly eventHeadroom: number;
  #progress: Progress;
  #state: "nothing-saved" | "renewed" | "saved" = "nothing-saved";
  #hasWaited = false;

  /** `eventHeadroom`: how many events of our own do no harm while it waits (see event-headroom.ts). */
  constructor(save: (progress: Progress) => void, progress: Progress, eventHeadroom: number) {
    this.#save = save;
    this.#progress = progress;
    this.eventHeadroom = eventHeadroom;
  }

  /** There is more by now. */
  renew(progress: Progress): void {
    this.#progress = progress;
    if (this.#state === "saved") this.#state = "renewed";
  }

  /**
   * Null once the ledger has what was observed before the removals, else why it has not; tries again at every call, also with
   * what has come since. Throws what is wrong with the ledger but for a full disk.
   */
  attempt(): Failure | null {
    if (this.#state === "saved") return null;
    try {
      this.#save(this.#progress);
      this.#state = "saved";
      return null;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "ledger-full") throw error;
      this.#hasWaited = true;
      return this.#state === "renewed" ? null : error;
    }
  }

  /** What to say where it was recorded in the end. */
  get warnings(): readonly string[] {
    if (!this.#hasWaited) return [];
    return [
      "The ledger's disk was full: what this run saw could be recorded only once removals had made room.",
    ];
  }
}
