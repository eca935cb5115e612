import type { ImageId } from "../../core/image/image.js";
import { Failure } from "../../core/text/failure.js";
import { eventHeadroom } from "../../core/uses/event-headroom.js";
import type { Ledger } from "../../ledger/port.js";
import type { EngineSession } from "../observe/list.js";
import { unfinishedEntry, type Progress } from "./removal.js";

export interface DeferredSaveDependencies {
  readonly session: EngineSession;
  readonly ledger: Ledger;
  /** When the run began, epoch milliseconds. */
  readonly startedAt: number;
  /** Names that earlier runs took and could not give back. */
  readonly missingNames: ReadonlyMap<ImageId, readonly string[]>;
}

/**
 * Whether the ledger has what a run observed before its removals, and then what it has seen and done on the way. On a full disk
 * that has to wait until some removals have made room: a disk is full just when images must go.
 */
export class DeferredSave {
  readonly #dependencies: DeferredSaveDependencies;
  /** How many events of our own do no harm while it waits (see event-headroom.ts). */
  readonly eventHeadroom: number;
  #progress: Progress;
  #state: "nothing-saved" | "renewed" | "saved" = "nothing-saved";
  #hasWaited = false;

  constructor(dependencies: DeferredSaveDependencies, progress: Progress) {
    this.#dependencies = dependencies;
    this.#progress = progress;
    const { eventBufferLimit } = dependencies.session.description;
    this.eventHeadroom = eventHeadroom(progress.observation, eventBufferLimit);
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
    const { session, ledger, startedAt } = this.#dependencies;
    try {
      const entry = unfinishedEntry(startedAt, this.#progress);
      ledger.save(session.description.identity, this.#progress.record, entry);
      this.#state = "saved";
      return null;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "ledger-full") throw error;
      this.#hasWaited = true;
      return this.#state === "renewed" ? null : error;
    }
  }

  /** Notes at once which names an image is about to lose one by one; none when that is over. */
  noteLeavingNames(image: ImageId, names: readonly string[]): void {
    const unrecorded = this.attempt();
    if (unrecorded !== null) throw unrecorded;
    const { session, ledger, missingNames } = this.#dependencies;
    // What could not be given back is still noted when the image keeps its other names.
    const all = new Set([...(missingNames.get(image) ?? []), ...names]);
    ledger.noteLeavingNames(session.description.identity, image, [...all]);
  }

  /** What to say where it was recorded in the end. */
  get warnings(): readonly string[] {
    if (!this.#hasWaited) return [];
    return [
      "The ledger's disk was full: what this run saw could be recorded only once removals had made room.",
    ];
  }
}
