import type { Checkpoint, EngineRecord } from "../core/checkpoint.js";
import { judgeContinuity } from "../core/continuity.js";
import type { EngineEvent } from "../core/event.js";
import { EventWindow } from "../core/event-window.js";
import { holdersOf } from "../core/holders.js";
import type { Image } from "../core/image.js";
import type { Listing } from "../core/listing.js";
import type { Observed } from "../core/next-record.js";
import type { Observation } from "../core/observation.js";
import { joinObservations } from "../core/observation.js";
import { OwnTags } from "../core/own-tags.js";
import { logStart } from "../core/log-start.js";
import { Replay } from "../core/replay.js";
import type { Observer } from "./list.js";
import { list } from "./list.js";

/** Of a log, from this time on; null: all there is. */
type ReadFrom = (from: bigint | null) => AsyncIterable<EngineEvent>;

/** Docker's buffer holds 256 events. */
const mostWaiting = 1024;

/**
 * Follows an engine from a checkpoint on: lists, and drains the event buffer as often as needed so that nothing
 * falls out of it unseen. Throws a Failure of code `engine` as soon as an answer is missing or malformed; nothing
 * of the watch may be used then.
 */
export class Watch {
  readonly #observer: Observer;
  readonly #record: EngineRecord;
  readonly #ownTags: OwnTags;
  #listing: Listing;
  #replay: Replay | null = null;
  #checkpoint: Checkpoint | null;
  #observation: Observation | null = null;

  private constructor(observer: Observer, record: EngineRecord, listing: Listing, ownTags: OwnTags) {
    this.#observer = observer;
    this.#record = record;
    this.#listing = listing;
    this.#ownTags = ownTags;
    this.#checkpoint = record.checkpoint;
  }

  /** One whole observation: images and containers, which were listed just before, then events. */
  static async observe(
    observer: Observer,
    record: EngineRecord,
    listing: Listing,
    ownTags: OwnTags,
  ): Promise<Observed> {
    const watch = new Watch(observer, record, listing, ownTags);
    await watch.drain();
    return watch.#conclude();
  }

  /** Goes on where an observation ended; `record` already holds it. `ownTags` may grow meanwhile. */
  static continue(
    observer: Observer,
    record: EngineRecord,
    listing: Listing,
    ownTags: OwnTags = new OwnTags(),
  ): Watch {
    return new Watch(observer, record, listing, ownTags);
  }

  /** Reads what is new in the event buffer. `onEvent` is told of all that is in it. */
  async drain(onEvent?: (event: EngineEvent) => void): Promise<void> {
    const { engine, description, steadyClock } = this.#observer;
    const startedAt = description.now();
    // Both clocks of the same moment: to read a long log takes as long as a step of a clock.
    const steady = steadyClock();
    const atMost = description.nowAtMost();
    // What ended before the listing is not in it: without its event it would seem never to have been used.
    const read: ReadFrom = (from) => {
      const buffer = engine.readEvents(atMost, from);
      return onEvent === undefined ? buffer : tell(onEvent, buffer);
    };
    const isLog = description.eventBufferLimit === null;
    const from = isLog ? logStart(this.#checkpoint, startedAt, steady) : null;
    const window = await this.#replayNew(read, from);
    const { latestAt } = window;
    // An event may tell that the clock is further than it seemed. One from the future tells nothing.
    const now = latestAt !== null && latestAt <= atMost ? Math.max(startedAt, latestAt) : startedAt;
    const bufferLimit = description.eventBufferLimit;
    const observation = judgeContinuity({ checkpoint: this.#checkpoint, window, now, steady, bufferLimit });
    this.#observation =
      this.#observation === null ? observation : joinObservations(this.#observation, observation);
    const anchor = window.nextAnchor;
    this.#checkpoint = { at: now, anchor, observedMs: observation.observedMs, steady };
  }

  /** Whether anything since the watch began tells of a use of this image. */
  mayHaveUsed(image: Image): boolean {
    return this.#replay?.mayHaveUsed(image) ?? false;
  }

  /** Whether a new record would say more than that time has passed. */
  get hasNews(): boolean {
    return this.#replay?.hasNews ?? false;
  }

  /** What was observed since the watch began; null before the first drain. */
  get observation(): Observation | null {
    return this.#observation;
  }

  /** Where the last drain ended. */
  get checkpoint(): Checkpoint | null {
    return this.#checkpoint;
  }

  /** Lists again, drains a last time, and ends the watch. */
  async finish(): Promise<Observed> {
    this.#listing = await list(this.#observer);
    this.#replay?.relist(this.#listing);
    await this.drain();
    return this.#conclude();
  }

  async #replayNew(read: ReadFrom, from: bigint | null): Promise<EventWindow> {
    const window = new EventWindow(this.#checkpoint?.anchor ?? null);
    const replay = this.#replay;
    const events = read(from);
    const take =
      replay === null ? await this.#drainFirst(window, events) : await drainMore(window, events, replay);
    // A part of a log that is without the anchor proves nothing.
    if (from !== null && !window.anchorFound) return this.#replayNew(read, null);
    take();
    return window;
  }

  /**
   * As long as the anchor has not come by, it is open whether what is read is old news. Docker's whole buffer waits for
   * that. A log may be longer than the memory, so what comes behind is replayed at once, and the replay begun again
   * when the anchor comes.
   */
  async #drainFirst(window: EventWindow, events: AsyncIterable<EngineEvent>): Promise<() => void> {
    const [record, listing, ownTags] = [this.#record, this.#listing, this.#ownTags];
    let replay: Replay | null = null;
    const waiting: EngineEvent[] = [];
    const replayWaiting = (): Replay => {
      const begun = new Replay({ record, listing, continuous: false, ownTags });
      for (const event of waiting) begun.apply(event);
      return begun;
    };
    for await (const event of events) {
      if (window.push(event) === "anchor")
        replay = new Replay({ record, listing, continuous: true, ownTags });
      else if (replay !== null) replay.apply(event);
      else if (waiting.push(event) === mostWaiting) replay = replayWaiting();
    }
    const replayed = replay ?? replayWaiting();
    return () => (this.#replay = replayed);
  }

  #conclude(): Observed {
    const [replay, observation, checkpoint] = [this.#replay, this.#observation, this.#checkpoint];
    if (replay === null || observation === null || checkpoint === null)
      throw new Error("nothing was drained");
    const result = replay.finish();
    const { containers } = result;
    return {
      listing: this.#listing,
      replay: result,
      observation,
      holders: holdersOf(this.#listing, { ...this.#record, containers }),
      anchor: checkpoint.anchor,
      steady: checkpoint.steady,
    };
  }
}

async function* tell(
  onEvent: (event: EngineEvent) => void,
  events: AsyncIterable<EngineEvent>,
): AsyncGenerator<EngineEvent> {
  for await (const event of events) {
    onEvent(event);
    yield event;
  }
}

/** A further drain goes on with the same replay, so events wait until the anchor says which of them are new. */
async function drainMore(
  window: EventWindow,
  events: AsyncIterable<EngineEvent>,
  replay: Replay,
): Promise<() => void> {
  let waiting: EngineEvent[] = [];
  for await (const event of events) {
    if (window.push(event) === "anchor") waiting = [];
    else waiting.push(event);
  }
  return () => {
    for (const event of waiting) replay.apply(event);
  };
}
