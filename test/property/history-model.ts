import type { EngineSession } from "../../src/run/observe/list.js";
import { Watch } from "../../src/run/observe/watch.js";
import { emptyRecord, type EngineRecord } from "../../src/core/uses/checkpoint.js";
import type { EngineEvent } from "../../src/core/uses/event.js";
import type { ImageId } from "../../src/core/image/image.js";
import { createListing, type Listing } from "../../src/core/image/listing.js";
import { nextRecord } from "../../src/core/uses/next-record.js";
import type { MeasuredObservation, Observation } from "../../src/core/uses/observation.js";
import { OwnTags } from "../../src/core/image/own-tags.js";
import { canonicalNameOf } from "../../src/core/image/reference.js";
import { container, image } from "../support/values.js";
import type { Deed, PlainDeed } from "./history-deeds.js";
import { nanosPerMilli, type Moment, type TrueUse, type Written } from "./history-truth.js";
import { bufferLimit, HistoryWorld } from "./history-world.js";

/** As far apart as two clocks may be before it is called a step (see proven-time.ts), and something to spare. */
const driftMs = 60_000;

/** Stamps that differ by less than this may be in another order (see event-dates.ts). */
const raceMs = 2_000;

const never: KnownUse = {
  at: { awake: -Infinity, wall: -Infinity },
  doubtMs: 0,
  awakeDoubtMs: 0,
  excessMs: 0,
};

/** A use that a run can know of. */
interface KnownUse {
  readonly at: Moment;
  /** How much older it may seem for what nothing tells of the clocks (see HistoryModel.#unknowable). */
  readonly doubtMs: number;
  /** By the clock of time awake. */
  readonly awakeDoubtMs: number;
  /** See HistoryModel.#excessMs, before the run. */
  readonly excessMs: number;
}

/** What a run made of an image, beside what is true. */
export interface Judged {
  readonly id: ImageId;
  readonly isHeld: boolean;
  /** The last use that a run can know of. */
  readonly used: Moment;
  readonly lastUsedAt: number;
  /** By the observed clock, by that of time awake, and in truth; and what of the difference nothing could have told. */
  readonly idleMs: number;
  readonly awakeIdleMs: number;
  readonly trueIdleMs: number;
  readonly doubtMs: number;
  readonly awakeDoubtMs: number;
}

export interface JudgedRun {
  readonly images: readonly Judged[];
  readonly observation: Observation;
  /** How much the observed clock went on, and the time awake since the last event that nobody could read. */
  readonly advancedMs: number;
  readonly readableMs: number;
  readonly lostEvents: number;
  /** New events that Docker does not show, as their stamps lie in the future by more than clocks may drift. */
  readonly hiddenEvents: number;
  /** How much of the time that the observed clock went on nothing could have told to be none. */
  readonly doubtMs: number;
  /** Uses that were read; those of them that nothing could have told the image of (see docs/limits.md). */
  readonly reads: number;
  readonly excused: number;
}

/** The runs that look at a world, and which of what is true there each of them could know. */
export class HistoryModel {
  readonly #world = new HistoryWorld();
  /** Of each image the last use that a run can know of. */
  readonly #knowable = new Map<ImageId, KnownUse>();
  #record: EngineRecord = emptyRecord;
  /** How far the observed clock may have gone on too much, by what nothing could have told. */
  #excessMs = 0;
  #ranAt: Moment | null = null;
  #namesAtRun = new Map<ImageId, ReadonlySet<string>>();

  /** Answers with what a run came to, where the deed is one. */
  async do(deed: Deed): Promise<JudgedRun | null> {
    if (deed.kind === "run") return this.#run(deed);
    this.#act(deed);
    return null;
  }

  #act(deed: PlainDeed): void {
    this.#world.act(deed);
    for (const id of this.#knowable.keys()) if (!this.#world.images.has(id)) this.#knowable.delete(id);
  }

  /** Lists, lets things happen meanwhile, and reads the events, as a run does. */
  async #run({ meanwhile }: Extract<Deed, { readonly kind: "run" }>): Promise<JudgedRun> {
    this.#world.awake += 100;
    const listing = this.#list();
    for (const deed of meanwhile) this.#act(deed);
    const before = this.#record;
    const observed = await Watch.observe(this.#observer(), before, listing, new OwnTags());
    this.#record = nextRecord(before, observed);
    const hidden = this.#world.events.filter((each) => !this.#world.isShown(each));
    const unknowable = this.#unknowable();
    this.#excessMs += unknowable.advanceMs;
    const known = this.#know(listing, unknowable);
    const lostEvents = this.#world.lostEvents;
    const { observation } = observed;
    const now = this.#world.moment();
    const since = this.#ranAt?.awake ?? -Infinity;
    const judged: JudgedRun = {
      images: [...listing.images.keys()].map((id) => this.#judge(id, observed.observation)),
      observation,
      advancedMs: observation.observedMs - (before.checkpoint?.observedMs ?? 0),
      readableMs: now.awake - Math.max(this.#world.lostAt, since),
      lostEvents,
      hiddenEvents: hidden.filter(
        (each) => each.at > since && this.#isAheadBy(driftMs + unknowable.doubtMs, each),
      ).length,
      doubtMs: unknowable.advanceMs,
      ...known,
    };
    this.#world.endRun();
    this.#ranAt = now;
    this.#namesAtRun = new Map([...listing.images.keys()].map((id) => [id, this.#world.namesOf(id)]));
    return judged;
  }

  /**
   * What nothing tells of the clocks, in milliseconds. Of a stretch without a reading of a steady clock at its beginning, on
   * the first run and after a boot, how much of it was sleep or a step: an hour counts at most. On the first run stamps are all
   * there is. And where the clock was set both ways between two runs, how much older a stamp in between is than it says.
   */
  #unknowable(): Omit<KnownUse, "at"> & { readonly advanceMs: number } {
    const { forwardMs, backwardMs, hasBooted } = this.#world.clock;
    const doubtMs = Math.min(forwardMs, backwardMs);
    return {
      advanceMs: Math.max(doubtMs, hasBooted ? Math.min(3_600_000, forwardMs) : 0),
      doubtMs,
      awakeDoubtMs: this.#ranAt === null ? forwardMs : doubtMs,
      excessMs: this.#excessMs,
    };
  }

  #judge(id: ImageId, observation: MeasuredObservation): Judged {
    const record = this.#record.images.get(id);
    if (record === undefined) throw new Error(`The record has no image ${id}.`);
    const { at, doubtMs, awakeDoubtMs, excessMs } = this.#knowable.get(id) ?? never;
    return {
      id,
      isHeld: [...this.#world.containers.values()].some((each) => each.image === id),
      used: at,
      lastUsedAt: record.lastUsedAt,
      idleMs: observation.observedMs - record.observedMsAtLastUse,
      awakeIdleMs: observation.awakeMs - record.awakeMsAtLastUse,
      trueIdleMs: this.#world.awake - at.awake,
      doubtMs: doubtMs + this.#excessMs - excessMs,
      awakeDoubtMs,
    };
  }

  /** Takes what this run can know: uses that it reads, images that are new, and holders that have gone. */
  #know(listing: Listing, doubt: Omit<KnownUse, "at">): { readonly reads: number; readonly excused: number } {
    let [reads, excused] = [0, 0];
    const isInBuffer = new Set(this.#world.events);
    for (const use of this.#world.uses) {
      const isRead = use.event !== null && isInBuffer.has(use.event) && this.#world.isShown(use.event);
      const isHidden = use.event !== null && !this.#world.isShown(use.event);
      // On the first run, where the clock was set both ways, and where it was set by little, nothing tells that it hides something.
      const isFarAhead = use.event !== null && this.#isAheadBy(driftMs, use.event);
      const isTold = !isHidden || (this.#ranAt !== null && doubt.doubtMs === 0 && isFarAhead);
      const isNew = !use.isSilent && isTold && !this.#namesAtRun.has(use.image);
      const wasHidden = use.at.awake <= (this.#ranAt?.awake ?? -Infinity);
      const isEnd = use.by?.known === true && !wasHidden && isTold;
      if (isRead) reads += 1;
      if (isRead && (this.#isBeyondKnowledge(use, listing) || this.#isBeforeHiddenPull(use))) excused += 1;
      else if (isRead && this.#isStampFalse(use)) this.#knowable.set(use.image, this.#beyondDoubt(use.at));
      else if (isRead || isNew || isEnd) this.#knowable.set(use.image, { at: use.at, ...doubt });
    }
    for (const { by } of this.#world.uses) if (by !== null && this.#isSeen(by.created)) by.known = true;
    for (const [id, held] of this.#world.containers) {
      if (!listing.containers.has(id)) continue;
      held.known = true;
      this.#knowable.set(held.image, this.#beyondDoubt(this.#world.moment()));
    }
    return { reads, excused };
  }

  #beyondDoubt(at: Moment): KnownUse {
    return { ...never, at, excessMs: this.#excessMs };
  }

  /** One of before the last run, of an event that came after it: such a use is taken for one of just now. */
  #isStampFalse({ at, event: told }: TrueUse): boolean {
    if (told === null || this.#ranAt === null || at.awake <= this.#ranAt.awake) return false;
    return told.event.timeNano < BigInt(this.#ranAt.wall - raceMs) * nanosPerMilli;
  }

  /** Whether it is stamped later than the engine's clock by so much. */
  #isAheadBy(ms: number, { event: { timeNano } }: Written): boolean {
    return timeNano > BigInt(this.#world.moment().wall + ms) * nanosPerMilli;
  }

  #isSeen(written: Written | null): boolean {
    return written !== null && this.#world.events.includes(written) && this.#world.isShown(written);
  }

  /**
   * A container that was created where nobody watched, or by a name that may have been given there, from an image that has lost
   * the name since, and of which nothing tells that it had it: it has the same other names as at the run before; on the first
   * run, any in another repository.
   */
  #isBeyondKnowledge({ by, image: used }: TrueUse, listing: Listing): boolean {
    if (by?.name == null || by.known || this.#isSeenRenamed(used)) return false;
    if (this.#isSeen(by.created) && this.#world.lostEvents === 0) return false;
    if (this.#world.names.get(by.name) === used || listing.names.get(canonicalNameOf(by.name) ?? "") === used)
      return false;
    const before = this.#namesAtRun.get(used);
    const now = this.#world.namesOf(used);
    if (before !== undefined)
      return !before.has(by.name) && before.size === now.size && [...before].every((each) => now.has(each));
    const repository = by.name.slice(0, by.name.lastIndexOf(":"));
    return (
      this.#ranAt === null &&
      [...(this.#world.images.get(used)?.names ?? [])].length > 0 &&
      ![...now].some((each) => each.startsWith(`${repository}:`) || each.startsWith(`${repository}@`))
    );
  }

  /** A pull that brought nothing, before another one that is hidden by so little that nothing tells: either may have moved the name. */
  #isBeforeHiddenPull({ event: told, image: used }: TrueUse): boolean {
    if (told?.event.action !== "pull" || this.#world.namesOf(used).has(told.event.actorId)) return false;
    const isHiddenPull = (each: Written) => each.event.action === "pull" && !this.#world.isShown(each);
    return this.#world.events.some(
      (each) => isHiddenPull(each) && (this.#ranAt === null || !this.#isAheadBy(driftMs, each)),
    );
  }

  /** By an event that is still to be read. */
  #isSeenRenamed(id: ImageId): boolean {
    const isOfName = ({ action, actorId }: EngineEvent) => /^(?:un)?tag$/.test(action) && actorId === id;
    return this.#world.events.some((each) => !each.isRead && isOfName(each.event));
  }

  #observer(): EngineSession {
    const events = this.#world.events.map((each) => each.event);
    const now = this.#world.moment().wall;
    const steadyClock = () => this.#world.steadyClock();
    return {
      engine: {
        syncClock: () => Promise.resolve(),
        readEvents: async function* (until: number) {
          await Promise.resolve();
          for (const each of events) if (each.timeNano <= BigInt(until) * nanosPerMilli) yield each;
        },
      },
      description: { now: () => now, nowAtMost: () => now + 1, eventBufferLimit: bufferLimit },
      steadyClock,
    } as unknown as EngineSession;
  }

  #list(): Listing {
    return createListing(
      [...this.#world.images].map(([id, { names: tags, digests }]) =>
        image(id, { id, tags: [...tags], digests: [...digests] }),
      ),
      [...this.#world.containers].map(([id, held]) => container(id, { id, imageId: held.image })),
      [],
      this.#world.moment().wall,
    );
  }
}
