import type { EngineSession } from "../../../src/run/observe/list.js";
import { Watch } from "../../../src/run/observe/watch.js";
import { emptyRecord, type EngineRecord } from "../../../src/core/uses/checkpoint.js";
import type { EngineEvent } from "../../../src/core/uses/event.js";
import type { ContainerId, ImageId } from "../../../src/core/image/image.js";
import { createListing, type Listing } from "../../../src/core/image/listing.js";
import { nextRecord } from "../../../src/core/uses/next-record.js";
import type { MeasuredObservation, Observation } from "../../../src/core/uses/observation.js";
import { OwnTags } from "../../../src/core/image/own-tags.js";
import { canonicalNameOf } from "../../../src/core/image/reference.js";
import { container, containerId, event, image, imageId } from "../../support/values.js";
import { type Deed, type DeedKind } from "./history-deeds.js";

const names = ["app:latest", "app:2", "team/tool:1", "host.example:5000/x:1"];
/** The same names as somebody may type them. */
const spellings = new Map([
  ["app:latest", ["app", "app:latest", "docker.io/library/app", "library/app:latest"]],
]);

/** So few that a history has gaps. */
const bufferLimit = 24;

const nanosPerMilli = 1_000_000n;

/** As far apart as two clocks may be before it is called a step (see proven-time.ts), and something to spare. */
const driftMs = 60_000;

const never: KnownUse = {
  at: { awake: -Infinity, wall: -Infinity },
  doubtMs: 0,
  awakeDoubtMs: 0,
  excessMs: 0,
};

/** A moment by the clock that tells the truth, which stands still while the host sleeps, and by the engine's. */
interface Moment {
  readonly awake: number;
  readonly wall: number;
}

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

interface Written {
  readonly event: EngineEvent;
  /** By the clock that tells the truth. */
  readonly at: number;
  isRead: boolean;
}

interface ModelImage {
  readonly names: Set<string>;
  readonly digests: Set<string>;
}

interface ModelContainer {
  readonly image: ImageId;
  /** The name by which it was created, canonical spelling aside; null where that was an ID. */
  readonly name: string | null;
  readonly typed: string;
  /** The event of its creation. */
  created: Written | null;
  /** Whether a run has seen it, or its creation. */
  known: boolean;
}

/** A use that is true, and what has to be read for it to be known. */
interface TrueUse {
  readonly image: ImageId;
  readonly at: Moment;
  /** The event that tells of it; null where none does. */
  readonly event: Written | null;
  /** Whether the event is about something else, and tells of it all the same. */
  readonly isSilent: boolean;
  /** The container that it was by. */
  readonly by: ModelContainer | null;
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

/**
 * An engine with a small event buffer, the runs that look at it, and the truth: which image each name and each container
 * stands for at each moment, when each image was last used, and which of that a run could know.
 */
export class HistoryModel {
  #awake = 1_000_000;
  #wallOffset = 1_000_000_000;
  #boot = 1;
  #bootedAt = 0;
  #serial = 0;
  #events: Written[] = [];
  /** When the newest of the events happened that no run can read any more. */
  #lostAt = -Infinity;
  #lostEvents = 0;
  readonly #images = new Map<ImageId, ModelImage>();
  readonly #removed: ImageId[] = [];
  readonly #names = new Map<string, ImageId>();
  readonly #containers = new Map<ContainerId, ModelContainer>();
  #uses: TrueUse[] = [];
  /** Of each image the last use that a run can know of. */
  readonly #knowable = new Map<ImageId, KnownUse>();
  #record: EngineRecord = emptyRecord;
  /** What was done to the clock since the last run. */
  #clock = { forwardMs: 0, backwardMs: 0, hasBooted: true };
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

  #act({ kind, first, second }: Pick<Deed, "first" | "second"> & { readonly kind: DeedKind }): void {
    this.#awake += 10;
    const name = pick(names, first) ?? "";
    const present = pick([...this.#images.keys()], second);
    const running = pick([...this.#containers.keys()], first);
    switch (kind) {
      case "load": {
        const loaded = first % 3 === 0 && present !== undefined ? present : this.#newImage();
        this.#name(name, loaded);
        if (second % 2 === 0) this.#name(pick(names, second) ?? name, loaded);
        this.#imageEvent("load", loaded, loaded);
        return;
      }
      case "pull":
        this.#name(name, this.#newImage());
        this.#pulled(name, name);
        return;
      case "pull-again":
        if (this.#names.has(name)) this.#pulled(name, name);
        return;
      case "pull-all":
        this.#pullAll(name);
        return;
      case "build": {
        const built = this.#newImage();
        this.#imageEvent("create", built, built);
        this.#name(name, built);
        this.#imageEvent("tag", built, name);
        return;
      }
      case "tag":
        if (present === undefined) return;
        this.#name(name, present);
        this.#imageEvent("tag", present, name);
        return;
      case "untag": {
        const holder = this.#names.get(name);
        if (holder === undefined) return;
        this.#unname(name);
        this.#emit("image", "untag", holder, { name: holder });
        return;
      }
      case "remove":
        if (present !== undefined) this.#remove(present);
        return;
      case "make-again":
        this.#makeAgain();
        return;
      case "create": {
        const holder = this.#names.get(name);
        if (holder !== undefined)
          this.#create(holder, name, pick(spellings.get(name) ?? [name], second) ?? name);
        return;
      }
      case "create-by-id":
        if (present !== undefined) this.#create(present, null, present);
        return;
      case "create-by-short-id":
        if (present !== undefined) this.#create(present, null, present.slice(7, 19));
        return;
      case "start":
        if (running !== undefined) this.#containerEvent("start", running);
        return;
      case "end":
        if (running === undefined) return;
        this.#containerEvent("die", running);
        this.#containerEvent("destroy", running);
        this.#containers.delete(running);
        return;
      case "noise":
        for (let count = 0; count < 1 + (first % 12); count += 1)
          this.#emit("network", "connect", "none", {});
        return;
      case "restart":
        this.#lose(this.#events.length);
        return;
      case "pass":
        this.#awake += 1 + first * first * 1_000;
        return;
      case "sleep":
        this.#setClock(1 + first * first * 4_000);
        return;
      case "step":
        this.#setClock((first % 2 === 0 ? 1 : -1) * (1 + second * second * 1_000));
        return;
      case "reboot":
        this.#boot += 1;
        this.#bootedAt = this.#awake;
        this.#lose(this.#events.length);
        this.#setClock(1 + first * first * 4_000);
        this.#clock.hasBooted = true;
        return;
    }
  }

  /** Lists, lets things happen meanwhile, and reads the events, as a run does. */
  async #run({ meanwhile }: Extract<Deed, { readonly kind: "run" }>): Promise<JudgedRun> {
    this.#awake += 100;
    const listing = this.#list();
    for (const deed of meanwhile) this.#act(deed);
    const before = this.#record;
    const observed = await Watch.observe(this.#observer(), before, listing, new OwnTags());
    this.#record = nextRecord(before, observed);
    const hidden = this.#events.filter((each) => !this.#isShown(each));
    const unknowable = this.#unknowable();
    this.#excessMs += unknowable.advanceMs;
    const known = this.#know(listing, unknowable);
    const lostEvents = this.#lostEvents;
    const { observation } = observed;
    const now = this.#moment();
    const since = this.#ranAt?.awake ?? -Infinity;
    const judged: JudgedRun = {
      images: [...listing.images.keys()].map((id) => this.#judge(id, observed.observation)),
      observation,
      advancedMs: observation.observedMs - (before.checkpoint?.observedMs ?? 0),
      readableMs: now.awake - Math.max(this.#lostAt, since),
      lostEvents,
      hiddenEvents: hidden.filter(
        (each) => each.at > since && this.#isAheadBy(driftMs + unknowable.doubtMs, each),
      ).length,
      doubtMs: unknowable.advanceMs,
      ...known,
    };
    // What is hidden is read once the clock has passed it again.
    this.#uses = this.#uses.filter(({ event: told }) => told !== null && hidden.includes(told));
    for (const each of this.#events) each.isRead ||= this.#isShown(each);
    this.#lostEvents = 0;
    this.#lostAt = -Infinity;
    this.#clock = { forwardMs: 0, backwardMs: 0, hasBooted: false };
    this.#ranAt = now;
    this.#namesAtRun = new Map([...listing.images.keys()].map((id) => [id, this.#namesOf(id)]));
    return judged;
  }

  /** Somebody sets the engine's clock, or the host sleeps. */
  #setClock(byMs: number): void {
    this.#wallOffset += byMs;
    if (byMs > 0) this.#clock.forwardMs += byMs;
    else this.#clock.backwardMs -= byMs;
  }

  #isAheadBy(ms: number, { event: { timeNano } }: Written): boolean {
    return timeNano > BigInt(this.#moment().wall + ms) * nanosPerMilli;
  }

  #isShown({ event: { timeNano } }: Written): boolean {
    return timeNano <= BigInt(this.#moment().wall) * nanosPerMilli;
  }

  /**
   * What nothing tells of the clocks, in milliseconds. Of a stretch without a reading of a steady clock at its beginning, on
   * the first run and after a boot, how much of it was sleep or a step: an hour counts at most. On the first run stamps are all
   * there is. And where the clock was set both ways between two runs, how much older a stamp in between is than it says.
   */
  #unknowable(): Omit<KnownUse, "at"> & { readonly advanceMs: number } {
    const { forwardMs, backwardMs, hasBooted } = this.#clock;
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
      isHeld: [...this.#containers.values()].some((each) => each.image === id),
      used: at,
      lastUsedAt: record.lastUsedAt,
      idleMs: observation.observedMs - record.observedMsAtLastUse,
      awakeIdleMs: observation.awakeMs - record.awakeMsAtLastUse,
      trueIdleMs: this.#awake - at.awake,
      doubtMs: doubtMs + this.#excessMs - excessMs,
      awakeDoubtMs,
    };
  }

  /** Takes what this run can know: uses that it reads, images that are new, and holders that have gone. */
  #know(listing: Listing, doubt: Omit<KnownUse, "at">): { readonly reads: number; readonly excused: number } {
    let [reads, excused] = [0, 0];
    const isInBuffer = new Set(this.#events);
    for (const use of this.#uses) {
      const isRead = use.event !== null && isInBuffer.has(use.event) && this.#isShown(use.event);
      const isHidden = use.event !== null && !this.#isShown(use.event);
      // On the first run, and where the clock was set both ways, nothing tells that it hides something.
      const isTold = !isHidden || (this.#ranAt !== null && doubt.doubtMs === 0);
      const isNew = !use.isSilent && isTold && !this.#namesAtRun.has(use.image);
      const wasHidden = use.at.awake <= (this.#ranAt?.awake ?? -Infinity);
      const isEnd = use.by?.known === true && !wasHidden;
      if (isRead) reads += 1;
      if (isRead && this.#isBeyondKnowledge(use, listing)) excused += 1;
      else if (isRead || isNew || isEnd) this.#knowable.set(use.image, { at: use.at, ...doubt });
    }
    for (const { by } of this.#uses) if (by !== null && this.#isSeen(by.created)) by.known = true;
    for (const [id, held] of this.#containers) {
      if (!listing.containers.has(id)) continue;
      held.known = true;
      this.#knowable.set(held.image, { ...never, at: this.#moment(), excessMs: this.#excessMs });
    }
    return { reads, excused };
  }

  #isSeen(written: Written | null): boolean {
    return written !== null && this.#events.includes(written) && this.#isShown(written);
  }

  /**
   * A container that was created where nobody watched, from an image that has lost the name since, and of which nothing tells
   * that it had it: it has the same other names as at the run before; on the first run, any in another repository.
   */
  #isBeyondKnowledge({ by, image: used }: TrueUse, listing: Listing): boolean {
    if (by?.name == null || by.known || this.#isSeen(by.created) || this.#isSeenRenamed(used)) return false;
    if (this.#names.get(by.name) === used || listing.names.get(canonicalNameOf(by.name) ?? "") === used)
      return false;
    const before = this.#namesAtRun.get(used);
    const now = this.#namesOf(used);
    if (before !== undefined)
      return !before.has(by.name) && before.size === now.size && [...before].every((each) => now.has(each));
    const repository = by.name.slice(0, by.name.lastIndexOf(":"));
    return (
      this.#ranAt === null &&
      [...(this.#images.get(used)?.names ?? [])].length > 0 &&
      ![...now].some((each) => each.startsWith(`${repository}:`) || each.startsWith(`${repository}@`))
    );
  }

  /** By an event that is still to be read. */
  #isSeenRenamed(id: ImageId): boolean {
    const isOfName = ({ action, actorId }: EngineEvent) => /^(?:un)?tag$/.test(action) && actorId === id;
    return this.#events.some((each) => !each.isRead && isOfName(each.event));
  }

  #observer(): EngineSession {
    const events = this.#events.map((each) => each.event);
    const now = this.#moment().wall;
    const steadyClock = () => ({ bootId: `boot ${this.#boot}`, elapsedMs: this.#awake - this.#bootedAt });
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
      [...this.#images].map(([id, { names: tags, digests }]) =>
        image(id, { id, tags: [...tags], digests: [...digests] }),
      ),
      [...this.#containers].map(([id, held]) => container(id, { id, imageId: held.image })),
      [],
      this.#moment().wall,
    );
  }

  #moment(): Moment {
    return { awake: this.#awake, wall: this.#awake + this.#wallOffset };
  }

  #namesOf(id: ImageId): ReadonlySet<string> {
    const known = this.#images.get(id);
    return new Set([...(known?.names ?? []), ...(known?.digests ?? [])]);
  }

  #newImage(): ImageId {
    const id = imageId(`history ${++this.#serial}`);
    this.#images.set(id, { names: new Set(), digests: new Set() });
    return id;
  }

  #name(name: string, id: ImageId): void {
    this.#unname(name);
    this.#names.set(name, id);
    this.#images.get(id)?.names.add(name);
  }

  #unname(name: string): void {
    const holder = this.#names.get(name);
    this.#names.delete(name);
    if (holder !== undefined) this.#images.get(holder)?.names.delete(name);
  }

  #remove(id: ImageId): void {
    if ([...this.#containers.values()].some((each) => each.image === id)) return;
    for (const name of this.#images.get(id)?.names ?? []) {
      this.#unname(name);
      this.#emit("image", "untag", id, { name: id });
    }
    this.#images.delete(id);
    this.#emit("image", "delete", id, { name: id });
    this.#removed.push(id);
    // What it was used for before is over.
    this.#knowable.delete(id);
    this.#uses = this.#uses.filter((use) => use.image !== id);
  }

  /** As BuildKit does it on Docker 20.10: no event tells. */
  #makeAgain(): void {
    const id = this.#removed.pop();
    if (id === undefined) return;
    this.#images.set(id, { names: new Set(), digests: new Set() });
    // That it is another one is known where the event of the removal is read by the same run.
    const removal = this.#events.findLast(
      (each) => each.event.action === "delete" && each.event.actorId === id,
    );
    const told = removal !== undefined && !removal.isRead ? removal : null;
    this.#uses.push({ image: id, at: this.#moment(), event: told, isSilent: true, by: null });
  }

  #create(held: ImageId, name: string | null, typed: string): void {
    const id = containerId(`history ${++this.#serial}`);
    const created: ModelContainer = { image: held, name, typed, created: null, known: false };
    this.#containers.set(id, created);
    this.#containerEvent("create", id);
    created.created = this.#events.at(-1) ?? null;
  }

  #containerEvent(action: string, id: ContainerId): void {
    const held = this.#containers.get(id);
    if (held === undefined) return;
    this.#emit("container", action, id, { image: held.typed, name: "some" });
    this.#use(held.image, held);
  }

  #imageEvent(action: string, id: ImageId, name: string): void {
    this.#emit("image", action, id, { name });
    this.#use(id, null);
  }

  #pulled(name: string, actor: string): void {
    const repository = name.slice(0, name.lastIndexOf(":"));
    const holder = this.#names.get(name);
    this.#emit("image", "pull", actor, { name: repository });
    if (holder === undefined) return;
    this.#images.get(holder)?.digests.add(`${repository}@${holder}`);
    this.#use(holder, null);
  }

  /** Moves every other tag of the repository. */
  #pullAll(name: string): void {
    const repository = name.slice(0, name.lastIndexOf(":"));
    const tags = [...this.#names.keys()].filter((each) => each.startsWith(`${repository}:`));
    for (const [index, tag] of tags.entries()) if (index % 2 === 0) this.#name(tag, this.#newImage());
    if (tags.length === 0) return;
    this.#emit("image", "pull", repository, { name: repository });
    for (const tag of tags) {
      const holder = this.#names.get(tag);
      if (holder === undefined) continue;
      this.#images.get(holder)?.digests.add(`${repository}@${holder}`);
      this.#use(holder, null);
    }
  }

  /** Of the event that was just written. */
  #use(used: ImageId, by: ModelContainer | null): void {
    this.#uses.push({
      image: used,
      at: this.#moment(),
      event: this.#events.at(-1) ?? null,
      isSilent: false,
      by,
    });
  }

  #emit(type: string, action: string, actor: string, attributes: Record<string, string>): void {
    this.#awake += 1;
    const written = event(this.#moment().wall, type, action, actor, attributes);
    this.#events.push({ event: written, at: this.#awake, isRead: false });
    this.#lose(this.#events.length - bufferLimit);
  }

  /** The oldest events are gone; those that no run has read are lost. */
  #lose(count: number): void {
    for (const gone of this.#events.splice(0, Math.max(0, count))) {
      // What was hidden from the last run was reported by it.
      if (gone.isRead || gone.at <= (this.#ranAt?.awake ?? -Infinity)) continue;
      this.#lostEvents += 1;
      this.#lostAt = gone.at;
    }
  }
}

function pick<T>(values: readonly T[], number: number): T | undefined {
  return values[number % Math.max(values.length, 1)];
}
