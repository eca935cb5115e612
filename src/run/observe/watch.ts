import type { Checkpoint, EngineRecord } from "../../core/uses/checkpoint.js";
import { endOfReading, judgeContinuity } from "../../core/uses/continuity.js";
import { eventTime, type EngineEvent } from "../../core/uses/event.js";
import { EventDates, isDatedByEngine, movedTo } from "../../core/uses/event-dates.js";
import { EventWindow } from "../../core/uses/event-window.js";
import { holdersOf } from "../../core/uses/holders.js";
import type { Image } from "../../core/image/image.js";
import { ChangesSince } from "../../core/uses/changes-since.js";
import type { FullListingCause, Listing } from "../../core/image/listing.js";
import type { Findings } from "../../core/uses/findings.js";
import { joinObservations, type MeasuredObservation } from "../../core/uses/observation.js";
import { OwnTags } from "../../core/image/own-tags.js";
import { logStart } from "../../core/uses/log-start.js";
import { Replay } from "../../core/uses/replay.js";
import { withEarlier } from "../../core/uses/with-earlier.js";
import type { EngineSession } from "./list.js";
import type { KnownListing } from "./carry-forward.js";
import { relist } from "./relist.js";

type Reading =
  { readonly kind: "all" } | { readonly kind: "news"; readonly onEvent: (event: EngineEvent) => void };

/** From this time on; null: all there is. */
type ReadFrom = (from: bigint | null) => AsyncIterable<EngineEvent>;

/** Docker's buffer holds 256 events. */
const mostWaiting = 1024;

/**
 * While a watch goes on, clocks may be set and hosts may sleep. What is asked up to a time that is long past tells nothing,
 * so the engine's clock is read again once it is this old.
 */
const clockAgeMs = 1_000;

/**
 * Follows an engine from a checkpoint on: lists, and drains the event buffer as often as needed so that nothing
 * falls out of it unseen. Throws a Failure of code `engine` as soon as an answer is missing or malformed; nothing
 * of the watch may be used then.
 */
export class Watch {
  readonly #session: EngineSession;
  readonly #record: EngineRecord;
  readonly #ownTags: OwnTags;
  #listing: Listing;
  #replay: Replay | null = null;
  /** Of what was hidden when it happened; null where nothing was. */
  #hidden: Replay | null = null;
  #checkpoint: Checkpoint | null;
  /** What has happened to the images since they were listed. */
  #changes: ChangesSince;
  #observation: MeasuredObservation | null = null;
  #hasLost = false;
  /** At first, news are what came from this time on, too. */
  #newsSince: bigint | null = null;

  private constructor(session: EngineSession, record: EngineRecord, listing: Listing, ownTags: OwnTags) {
    this.#session = session;
    this.#record = record;
    this.#listing = listing;
    this.#ownTags = ownTags;
    this.#checkpoint = record.checkpoint;
    this.#changes = this.#since(listing);
  }

  /** One whole observation: images and containers, which were listed just before, then events. */
  static async observe(
    session: EngineSession,
    record: EngineRecord,
    listing: Listing,
    ownTags: OwnTags,
  ): Promise<Findings> {
    const watch = new Watch(session, record, listing, ownTags);
    await watch.drain();
    return watch.conclude();
  }

  /** Goes on where an observation ended; `record` already holds it. `ownTags` may grow meanwhile. */
  static continue(
    session: EngineSession,
    record: EngineRecord,
    listing: Listing,
    ownTags: OwnTags = new OwnTags(),
  ): Watch {
    // What came between the listing and the observation's end is known to have changed no image, or the listing has no base.
    const upTo = record.checkpoint?.anchor ?? null;
    const watch = new Watch(session, record, { ...listing, upTo }, ownTags);
    // It may have brought containers, though, that were not listed.
    watch.#newsSince = listing.upTo?.timeNano ?? null;
    return watch;
  }

  /** Reads what is new in the event buffer. */
  drain(): Promise<void> {
    return this.#drain({ kind: "all" });
  }

  /**
   * The same of a buffer that is read again and again: only what came behind the last reading, where the engine can send that alone. `onEvent` is
   * reported that at least. What a clock that was set back has hidden may be seen by a later `drain` only.
   */
  drainNews(onEvent: (event: EngineEvent) => void): Promise<void> {
    return this.#drain({ kind: "news", onEvent });
  }

  async #drain(reading: Reading): Promise<void> {
    const { engine, description, steadyClock } = this.#session;
    await engine.syncClock(clockAgeMs);
    // Both clocks of the same moment: to read a long log takes as long as a step of a clock.
    const steady = steadyClock();
    const startedAt = description.now();
    const nowAtMost = description.nowAtMost();
    // What ended before the listing is not in it: without its event it would seem never to have been used.
    const read: ReadFrom = (from) => {
      const buffer = engine.readEvents(nowAtMost, from);
      return tell((event) => {
        if (description.announcesImages) this.#changes.push(event);
        if (reading.kind === "news") reading.onEvent(event);
      }, buffer);
    };
    const bufferLimit = description.eventBufferLimit;
    const from =
      bufferLimit === null
        ? logStart(this.#checkpoint, startedAt, steady)
        : newsFrom(reading, this.#checkpoint, this.#newsSince);
    this.#newsSince = null;
    const window = await this.#replayNew(read, from, nowAtMost);
    const now = endOfReading(window, startedAt, nowAtMost);
    const evidence = { checkpoint: this.#checkpoint, window, now, nowAtMost, steady, bufferLimit };
    const observation = judgeContinuity(evidence);
    this.#observation =
      this.#observation === null ? observation : joinObservations(this.#observation, observation);
    // A buffer that was empty has no anchor; as long as it is not full, it holds all that has come since.
    const beganEmpty = this.#checkpoint?.anchor === null && window.buffered < (bufferLimit ?? Infinity);
    if (observation.gap !== null && !(beganEmpty && observation.gap.cause === "unknown"))
      this.#hasLost = true;
    const anchor = window.nextAnchor;
    if (description.announcesImages) this.#changes.endBuffer();
    const { to: at, observedMs, awakeMs } = observation;
    this.#checkpoint = { at, anchor, observedMs, awakeMs, steady };
  }

  /** Whether anything since the watch began is evidence of a use of this image. */
  mayHaveUsed(image: Image): boolean {
    return [this.#replay, this.#hidden].some((replay) => replay?.mayHaveUsed(image) === true);
  }

  /** Whether a new record would say more than that time has passed. */
  get hasNews(): boolean {
    return [this.#replay, this.#hidden].some((replay) => replay?.hasNews === true);
  }

  /** Whether the engine has forgotten some of what happened since the watch began. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** What was observed since the watch began; null before the first drain. */
  get observation(): MeasuredObservation | null {
    return this.#observation;
  }

  /** Lists again, drains a last time, and ends the watch. */
  async finish(): Promise<Findings> {
    await this.#session.engine.syncClock(this.#listing.base === null ? clockAgeMs : 0);
    this.#listing = await relist(this.#session, this.#known());
    this.#changes = this.#since(this.#listing);
    this.#replay?.relist(this.#listing);
    this.#hidden?.relist(namesMayHaveMoved(this.#listing));
    await this.drain();
    return this.conclude();
  }

  /** Ends the watch with what was drained. */
  conclude(): Findings {
    const [replay, observation, checkpoint] = [this.#replay, this.#observation, this.#checkpoint];
    if (replay === null || observation === null || checkpoint === null)
      throw new Error("nothing was drained");
    const end = observation.gap?.to === observation.to ? "hidden" : "seen";
    const result = withEarlier(replay.finish(end), this.#hidden?.finish() ?? null);
    const { containers } = result;
    // What changed an image behind the listing's back would be missed by whoever carries it forward from here.
    const isCurrent = this.#changes.isWhole && this.#changes.images.count === 0;
    return {
      listing: isCurrent ? this.#listing : { ...this.#listing, base: null },
      replay: result,
      observation,
      holders: holdersOf(this.#listing, { ...this.#record, containers }),
      anchor: checkpoint.anchor,
      steady: checkpoint.steady,
    };
  }

  #since({ upTo }: Listing): ChangesSince {
    return new ChangesSince(upTo, this.#session.description.eventBufferLimit);
  }

  #known(): KnownListing | FullListingCause {
    const { base, images } = this.#listing;
    if (base === null || this.#checkpoint === null) return "unclear";
    if (!this.#changes.isWhole) return "gap";
    return { ...base, images, checkpoint: this.#checkpoint, changes: this.#changes.images };
  }

  async #replayNew(read: ReadFrom, from: bigint | null, now: number): Promise<EventWindow> {
    const window = new EventWindow(this.#checkpoint?.anchor ?? null);
    const take = await this.#read(read(from), window, now);
    // A part of a buffer or a log that is without the anchor proves nothing.
    if (from !== null && !window.anchorFound) return this.#replayNew(read, null, now);
    take();
    return window;
  }

  /**
   * As long as the anchor has not come by, it is open whether what is read is old news. Docker's whole buffer waits for
   * that. A log may be longer than the memory, so what comes behind is replayed at once, and the replay begun again
   * when the anchor comes.
   */
  async #read(events: AsyncIterable<EngineEvent>, window: EventWindow, now: number): Promise<() => void> {
    const since = this.#checkpoint?.at ?? -Infinity;
    let replay = this.#replay;
    let dates = new EventDates(since, now);
    const waiting: EngineEvent[] = [];
    for await (const event of events) {
      if (window.push(event) === "anchor") {
        this.#replayHidden(waiting, since);
        waiting.length = 0;
        dates = new EventDates(since, now);
        replay = this.#replay ?? this.#begin("continuous");
      } else if (replay !== null && (window.anchorFound || this.#replay === null)) {
        replay.apply(dates.date(event));
      } else if (waiting.push(event) === mostWaiting && replay === null) {
        replay = this.#begin("after-gap");
        for (const each of waiting) replay.apply(dates.date(each));
        waiting.length = 0;
      }
    }
    const replayed = replay ?? this.#begin("after-gap");
    return () => {
      for (const each of waiting) replayed.apply(dates.date(each));
      this.#replay = replayed;
    };
  }

  /**
   * What stands in front of the anchor and is stamped later than the engine was asked about when that was read, was hidden
   * then: the clock had been set back. It happened before that reading, so what names meant in between is not known.
   */
  #replayHidden(inFront: readonly EngineEvent[], since: number): void {
    // A log is read whole, whatever the stamps.
    if (this.#session.description.eventBufferLimit === null) return;
    const hidden = inFront.filter((event) => isDatedByEngine(event) && eventTime(event) > since);
    if (hidden.length === 0) return;
    this.#hidden ??= this.#beginHidden(since);
    for (const event of hidden) this.#hidden.apply(movedTo(event, since));
  }

  #beginHidden(since: number): Replay {
    // Those that the last observation was the first to see may have come in between.
    const known = [...this.#record.images].filter(([, { firstSeenAt }]) => firstSeenAt < since);
    const record = { ...this.#record, images: new Map(known) };
    const [listing, ownTags] = [namesMayHaveMoved(this.#listing), this.#ownTags];
    return new Replay({ record, listing, continuous: false, ownTags });
  }

  #begin(past: "continuous" | "after-gap"): Replay {
    const [record, listing, ownTags] = [this.#record, this.#listing, this.#ownTags];
    const gone = this.#hidden?.gone ?? [];
    return new Replay({ record, listing, continuous: past === "continuous", ownTags, gone });
  }
}

/**
 * Docker goes from its newest event to the first that is stamped earlier. Where the anchor, with its own time, is among them,
 * so is all that stands behind it. To read all of a full buffer takes Docker 28 some 14 ms, and the news half of one.
 */
function newsFrom({ kind }: Reading, checkpoint: Checkpoint | null, since: bigint | null): bigint | null {
  const from = checkpoint?.anchor?.timeNano ?? null;
  if (kind === "all" || from === null) return null;
  return since !== null && since < from ? since : from;
}

/** The listing for events of which nobody knows what came behind them before it was made. */
function namesMayHaveMoved(listing: Listing): Listing {
  return { ...listing, listedAt: -Infinity };
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
