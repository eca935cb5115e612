import type { CurrentHolders } from "./current-holders.js";
import type { TakenNames } from "./name-restorer.js";
import type { Watch } from "../observe/watch.js";

export interface EventReaderDependencies {
  readonly watch: Pick<Watch, "drainNews">;
  readonly taken: Pick<TakenNames, "moves" | "returnMoved">;
  readonly holders: Pick<CurrentHolders, "see">;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
  /**
   * How old a reading may be, in milliseconds. Docker answers with its buffer of 256 events within a few milliseconds,
   * and our own events push others' out of it: 0. Podman reads a log that may be long.
   */
  readonly longestMs: number;
}

/** Reads the events again while images are removed, and gives names back that were found to have moved. */
export class EventReader {
  readonly #dependencies: EventReaderDependencies;
  #startedAt: number | null = null;

  constructor(dependencies: EventReaderDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * To be called directly before each removal, with no other call in between: a use until then spares the image. Throws
   * a Failure of code `engine` when what happened meanwhile is not known.
   */
  async beforeRemoval(): Promise<void> {
    const { now, longestMs } = this.#dependencies;
    const isFresh = this.#startedAt !== null && now() - this.#startedAt < longestMs;
    // Giving names back takes a while, too; it is hardly ever needed once, and not twice.
    if (!isFresh && (await this.#drain()) === "restored") await this.#drain();
  }

  async #drain(): Promise<"restored" | "read"> {
    const { watch, taken, holders, now } = this.#dependencies;
    this.#startedAt = now();
    const { moves } = taken;
    await watch.drainNews((event) => {
      moves.see(event);
      holders.see(event);
    });
    await taken.returnMoved(moves);
    return moves.owners.size > 0 ? "restored" : "read";
  }
}
