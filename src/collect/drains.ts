import type { TakenNames } from "./names-back.js";
import type { Watch } from "./watch.js";

/**
 * Each name and each image that goes is an event in the engine's buffer of 256, and pushes somebody else's out. So it
 * is read again after this many of our own, which leaves the others three quarters of it.
 */
const mostOwnEvents = 64;

/** And after this time, so that a use in the meantime spares an image, and others' events have room while we wait. */
const longestMs = 1_000;

export interface DrainDependencies {
  readonly watch: Pick<Watch, "drain">;
  readonly taken: Pick<TakenNames, "moves" | "returnMoved">;
  /** Engine time, epoch milliseconds. */
  readonly now: () => number;
}

/** Reads the events again while images are removed, and gives names back that were found to have moved. */
export class Drains {
  readonly #watch: DrainDependencies["watch"];
  readonly #taken: DrainDependencies["taken"];
  readonly #now: () => number;
  #ownEvents = 0;
  #startedAt: number;
  /** What it throws is thrown by whoever waits for it. */
  #underWay: Promise<void> | null = null;

  constructor({ watch, taken, now }: DrainDependencies) {
    this.#watch = watch;
    this.#taken = taken;
    this.#now = now;
    this.#startedAt = now();
  }

  /** How many events a removal may have added. */
  count(ownEvents: number): void {
    this.#ownEvents += ownEvents;
  }

  /**
   * To be called before each image: no removal may go by what was read longer ago than `longestMs`. To make room in the
   * buffer in between, it is enough that the reading begins: the engine holds its answer back until its
   * clock has passed the time that we ask for, and that is longer than a removal takes. Throws a Failure of code
   * `engine` when what happened meanwhile is not known.
   */
  async beforeNext(): Promise<void> {
    await this.finish();
    if (this.#now() - this.#startedAt >= longestMs) await this.#drain();
    else if (this.#ownEvents >= mostOwnEvents) {
      this.#underWay = this.#drain();
      this.#underWay.catch(() => undefined);
    }
  }

  /** Waits for what is under way. */
  async finish(): Promise<void> {
    const underWay = this.#underWay;
    this.#underWay = null;
    await underWay;
  }

  async #drain(): Promise<void> {
    [this.#ownEvents, this.#startedAt] = [0, this.#now()];
    const { moves } = this.#taken;
    await this.#watch.drain((event) => moves.see(event));
    await this.#taken.returnMoved(moves);
  }
}
