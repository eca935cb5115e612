import type { SteadyClock } from "../../src/core/uses/checkpoint.js";
import type { ContainerId, ImageId } from "../../src/core/image/image.js";
import { containerId, event, imageId } from "../support/values.js";
import type { PlainDeed } from "./history-deeds.js";
import {
  nanosPerMilli,
  type ModelContainer,
  type ModelImage,
  type Moment,
  type TrueUse,
  type Written,
} from "./history-truth.js";

const names = ["app:latest", "app:2", "team/tool:1", "host.example:5000/x:1"];
/** The same names as somebody may type them. */
const spellings = new Map([
  ["app:latest", ["app", "app:latest", "docker.io/library/app", "library/app:latest"]],
]);

/** So few that a history has gaps. */
export const bufferLimit = 24;

/**
 * An engine with a small event buffer, on a host with clocks, and the truth: which image each name and each container stands
 * for at each moment, and when each image was used.
 */
export class HistoryWorld {
  /** The clock that tells the truth; milliseconds. */
  awake = 1_000_000;
  events: Written[] = [];
  /** When the newest of the events happened that no run can read any more, and how many there are since the last run. */
  lostAt = -Infinity;
  lostEvents = 0;
  readonly images = new Map<ImageId, ModelImage>();
  readonly names = new Map<string, ImageId>();
  readonly containers = new Map<ContainerId, ModelContainer>();
  /** Since the last run, and those that were hidden from it. */
  uses: TrueUse[] = [];
  /** What was done to the clock since the last run. */
  clock = { forwardMs: 0, backwardMs: 0, hasBooted: true };
  #wallOffset = 1_000_000_000;
  #boot = 1;
  #bootedAt = 0;
  #serial = 0;
  #lookedAt = -Infinity;
  readonly #removed: ImageId[] = [];

  /** What a run has read is read, what it could not is lost, and what is hidden is read once the clock has passed it again. */
  endRun(): void {
    this.uses = this.uses.filter(({ event: told }) => told !== null && !this.isShown(told));
    for (const each of this.events) each.isRead ||= this.isShown(each);
    this.lostEvents = 0;
    this.lostAt = -Infinity;
    this.clock = { forwardMs: 0, backwardMs: 0, hasBooted: false };
    this.#lookedAt = this.awake;
  }

  /** Does it, and writes down what is true of it. */
  act({ kind, first, second }: PlainDeed): void {
    this.awake += 10;
    const name = pick(names, first) ?? "";
    const present = pick([...this.images.keys()], second);
    const running = pick([...this.containers.keys()], first);
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
        if (this.names.has(name)) this.#pulled(name, name);
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
        const holder = this.names.get(name);
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
        const holder = this.names.get(name);
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
        this.containers.delete(running);
        return;
      case "noise":
        for (let count = 0; count < 1 + (first % 12); count += 1)
          this.#emit("network", "connect", "none", {});
        return;
      case "restart":
        this.#lose(this.events.length);
        return;
      case "pass":
        this.awake += 1 + first * first * 1_000;
        return;
      case "sleep":
        this.#setClock(1 + first * first * 4_000);
        return;
      case "step":
        this.#setClock((first % 2 === 0 ? 1 : -1) * (1 + second * second * 1_000));
        return;
      case "reboot":
        this.#boot += 1;
        this.#bootedAt = this.awake;
        this.#lose(this.events.length);
        this.#setClock(1 + first * first * 4_000);
        this.clock.hasBooted = true;
        return;
    }
  }

  /** Somebody sets the engine's clock, or the host sleeps. */
  #setClock(byMs: number): void {
    this.#wallOffset += byMs;
    if (byMs > 0) this.clock.forwardMs += byMs;
    else this.clock.backwardMs -= byMs;
  }

  /** Docker shows no event that is stamped later than now. */
  isShown({ event: { timeNano } }: Written): boolean {
    return timeNano <= BigInt(this.moment().wall) * nanosPerMilli;
  }

  /** As the host tells it. */
  steadyClock(): SteadyClock {
    return { bootId: `boot ${this.#boot}`, elapsedMs: this.awake - this.#bootedAt };
  }

  moment(): Moment {
    return { awake: this.awake, wall: this.awake + this.#wallOffset };
  }

  namesOf(id: ImageId): ReadonlySet<string> {
    const known = this.images.get(id);
    return new Set([...(known?.names ?? []), ...(known?.digests ?? [])]);
  }

  #newImage(): ImageId {
    const id = imageId(`history ${++this.#serial}`);
    this.images.set(id, { names: new Set(), digests: new Set() });
    return id;
  }

  #name(name: string, id: ImageId): void {
    this.#unname(name);
    this.names.set(name, id);
    this.images.get(id)?.names.add(name);
  }

  #unname(name: string): void {
    const holder = this.names.get(name);
    this.names.delete(name);
    if (holder !== undefined) this.images.get(holder)?.names.delete(name);
  }

  #remove(id: ImageId): void {
    if ([...this.containers.values()].some((each) => each.image === id)) return;
    for (const name of this.images.get(id)?.names ?? []) {
      this.#unname(name);
      this.#emit("image", "untag", id, { name: id });
    }
    this.images.delete(id);
    this.#emit("image", "delete", id, { name: id });
    this.#removed.push(id);
    // What it was used for before is over.
    this.uses = this.uses.filter((use) => use.image !== id);
  }

  /** As BuildKit does it on Docker 20.10: no event tells. */
  #makeAgain(): void {
    const id = this.#removed.pop();
    if (id === undefined) return;
    this.images.set(id, { names: new Set(), digests: new Set() });
    // That it is another one is known where the event of the removal is read by the same run.
    const removal = this.events.findLast(
      (each) => each.event.action === "delete" && each.event.actorId === id,
    );
    const told = removal !== undefined && !removal.isRead ? removal : null;
    this.uses.push({ image: id, at: this.moment(), event: told, isSilent: true, by: null });
  }

  #create(held: ImageId, name: string | null, typed: string): void {
    const id = containerId(`history ${++this.#serial}`);
    const created: ModelContainer = { image: held, name, typed, created: null, known: false };
    this.containers.set(id, created);
    this.#containerEvent("create", id);
    created.created = this.events.at(-1) ?? null;
  }

  #containerEvent(action: string, id: ContainerId): void {
    const held = this.containers.get(id);
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
    const holder = this.names.get(name);
    this.#emit("image", "pull", actor, { name: repository });
    if (holder === undefined) return;
    this.images.get(holder)?.digests.add(`${repository}@${holder}`);
    this.#use(holder, null);
  }

  /** Moves every other tag of the repository. */
  #pullAll(name: string): void {
    const repository = name.slice(0, name.lastIndexOf(":"));
    const tags = [...this.names.keys()].filter((each) => each.startsWith(`${repository}:`));
    for (const [index, tag] of tags.entries()) if (index % 2 === 0) this.#name(tag, this.#newImage());
    if (tags.length === 0) return;
    this.#emit("image", "pull", repository, { name: repository });
    for (const tag of tags) {
      const holder = this.names.get(tag);
      if (holder === undefined) continue;
      this.images.get(holder)?.digests.add(`${repository}@${holder}`);
      this.#use(holder, null);
    }
  }

  /** Of the event that was just written. */
  #use(used: ImageId, by: ModelContainer | null): void {
    this.uses.push({
      image: used,
      at: this.moment(),
      event: this.events.at(-1) ?? null,
      isSilent: false,
      by,
    });
  }

  #emit(type: string, action: string, actor: string, attributes: Record<string, string>): void {
    this.awake += 1;
    const written = event(this.moment().wall, type, action, actor, attributes);
    this.events.push({ event: written, at: this.awake, isRead: false });
    this.#lose(this.events.length - bufferLimit);
  }

  /** The oldest events are gone; those that no run has read are lost. */
  #lose(count: number): void {
    for (const gone of this.events.splice(0, Math.max(0, count))) {
      // What was hidden from the last run was reported by it.
      if (gone.isRead || gone.at <= this.#lookedAt) continue;
      this.lostEvents += 1;
      this.lostAt = gone.at;
    }
  }
}

function pick<T>(values: readonly T[], number: number): T | undefined {
  return values[number % Math.max(values.length, 1)];
}
