import { Failure } from "../../core/text/failure.js";

/**
 * Whether the ledger has what a run observed before its removals. On a full disk that has to wait until some of them
 * have made room: a disk is full just when images must go.
 */
export class DeferredSave {
  readonly #save: () => void;
  readonly eventHeadroom: number;
  #isDone = false;
  #hasWaited = false;

  /** `eventHeadroom`: how many events of our own do no harm while it waits (see spare-events.ts). */
  constructor(save: () => void, eventHeadroom: number) {
    this.#save = save;
    this.eventHeadroom = eventHeadroom;
  }

  /**
   * Null once the ledger has it, else why it has not; tries again at every call. Throws what is wrong with the ledger
   * but for a full disk.
   */
  attempt(): Failure | null {
    if (this.#isDone) return null;
    try {
      this.#save();
      this.#isDone = true;
      return null;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "ledger-full") throw error;
      this.#hasWaited = true;
      return error;
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
