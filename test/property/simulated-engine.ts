import type { EngineRecord } from "../../src/core/uses/checkpoint.js";
import { judgeContinuity } from "../../src/core/uses/continuity.js";
import type { EngineEvent } from "../../src/core/uses/event.js";
import { EventWindow } from "../../src/core/uses/event-window.js";
import { holdersOf } from "../../src/core/uses/holders.js";
import type { ContainerId, ImageId } from "../../src/core/image/image.js";
import { createListing } from "../../src/core/image/listing.js";
import type { Findings } from "../../src/core/uses/findings.js";
import { nextRecord } from "../../src/core/uses/next-record.js";
import { Replay } from "../../src/core/uses/replay.js";
import { container, containerId, event, image, imageId } from "../support/values.js";

/** One thing that somebody does; the numbers choose among what there is. */
export interface Deed {
  readonly kind: DeedKind;
  readonly first: number;
  readonly second: number;
}

export const deedKinds = [
  "load",
  "pull",
  "pull-again",
  "build",
  "tag",
  "untag",
  "create",
  "create-by-id",
  "create-by-short-id",
  "start",
  "end",
  "noise",
] as const;
type DeedKind = (typeof deedKinds)[number];

const names = ["app:latest", "app:2", "team/tool:1", "host.example:5000/x:1"];
/** The same names as somebody may type them. */
const spellings: Readonly<Record<string, readonly string[]>> = {
  "app:latest": ["app", "app:latest", "docker.io/library/app", "library/app:latest"],
  "app:2": ["app:2", "docker.io/app:2"],
  "team/tool:1": ["team/tool:1", "docker.io/team/tool:1"],
  "host.example:5000/x:1": ["host.example:5000/x:1"],
};

/**
 * An engine as plain as can be, which knows the truth: which image each name and each container stands for at each
 * moment, and so when each image was last used. It writes events as Docker does, which tell less.
 */
export class SimulatedEngine {
  readonly events: EngineEvent[] = [];
  readonly truth = new Map<ImageId, number>();
  readonly #names = new Map<string, ImageId>();
  readonly #containers = new Map<ContainerId, { readonly image: ImageId; readonly typed: string }>();
  readonly #images: ImageId[] = [];
  /** Names with digest stay with an image when its tag moves on. */
  readonly #digests = new Map<ImageId, string[]>();
  #now = 1_000_000;
  #serial = 0;

  get now(): number {
    return this.#now;
  }

  get imageIds(): readonly ImageId[] {
    return this.#images;
  }

  do({ kind, first, second }: Deed): void {
    this.#now += 10;
    const name = pick(names, first) ?? "";
    const present = pick(this.#images, second);
    const running = pick([...this.#containers.keys()], first);
    switch (kind) {
      case "load": {
        const loaded = first % 3 === 0 && present !== undefined ? present : this.#newImage();
        this.#names.set(name, loaded);
        if (second % 2 === 0) this.#names.set(pick(names, second) ?? name, loaded);
        this.#image("load", loaded, loaded);
        return;
      }
      case "pull":
        this.#names.set(name, this.#newImage());
        this.#pulled(name);
        return;
      case "pull-again":
        if (this.#names.has(name)) this.#pulled(name);
        return;
      case "build": {
        const built = this.#newImage();
        this.#image("create", built, built);
        this.#names.set(name, built);
        this.#image("tag", built, name);
        return;
      }
      case "tag":
        if (present === undefined) return;
        this.#names.set(name, present);
        this.#image("tag", present, name);
        return;
      case "untag": {
        const holder = this.#names.get(name);
        if (holder === undefined) return;
        this.#names.delete(name);
        this.#emit("image", "untag", holder, { name: holder });
        return;
      }
      case "create": {
        const holder = this.#names.get(name);
        if (holder !== undefined) this.#create(holder, pick(spellings[name] ?? [name], second) ?? name);
        return;
      }
      case "create-by-id":
        if (present !== undefined) this.#create(present, present);
        return;
      case "create-by-short-id":
        if (present !== undefined)
          this.#create(present, present.slice("sha256:".length, "sha256:".length + 12));
        return;
      case "start":
        if (running !== undefined) this.#container("start", running);
        return;
      case "end":
        if (running === undefined) return;
        this.#container("die", running);
        this.#now += 1;
        this.#container("destroy", running);
        this.#containers.delete(running);
        return;
      case "noise":
        this.#emit("network", "connect", "none", {});
        if (running !== undefined) this.#noise(running);
        return;
    }
  }

  /** Observes as a run does: lists, replays what is new, and answers with the next record. */
  observe(record: EngineRecord, events: readonly EngineEvent[]): EngineRecord {
    // A listing that is made while names move is a case of its own.
    this.#now += 100;
    const listing = createListing(
      this.#images.map((id) =>
        image(id, {
          id,
          tags: [...this.#names].flatMap(([name, holder]) => (holder === id ? [name] : [])),
          digests: this.#digests.get(id) ?? [],
        }),
      ),
      [...this.#containers].map(([id, held]) => container(id, { id, imageId: held.image })),
      [],
      this.#now,
    );
    const window = new EventWindow(record.checkpoint?.anchor ?? null);
    let replay = new Replay({ record, listing, continuous: false });
    for (const next of events) {
      if (window.push(next) === "anchor") replay = new Replay({ record, listing, continuous: true });
      else replay.apply(next);
    }
    const steady = { bootId: "boot", elapsedMs: this.#now };
    const observation = judgeContinuity({
      checkpoint: record.checkpoint,
      window,
      now: this.#now,
      steady,
      bufferLimit: null,
    });
    const observed: Findings = {
      listing,
      replay: replay.finish(),
      observation,
      holders: holdersOf(listing, record),
      anchor: window.nextAnchor,
      steady,
    };
    for (const { image: held } of this.#containers.values()) this.#use(held);
    return nextRecord(record, observed);
  }

  #newImage(): ImageId {
    const id = imageId(`simulated ${++this.#serial}`);
    this.#images.push(id);
    return id;
  }

  #create(held: ImageId, typed: string): void {
    const id = containerId(`simulated ${++this.#serial}`);
    this.#containers.set(id, { image: held, typed });
    this.#container("create", id);
  }

  #container(action: string, id: ContainerId): void {
    const held = this.#containers.get(id);
    if (held === undefined) return;
    this.#use(held.image);
    this.#emit("container", action, id, { image: held.typed, name: "some" });
  }

  #noise(id: ContainerId): void {
    const held = this.#containers.get(id);
    if (held === undefined) return;
    for (const action of ["exec_create: true", "exec_start: true", "exec_die", "health_status: healthy"]) {
      this.#emit("container", action, id, { image: held.typed });
    }
  }

  #pulled(name: string): void {
    const holder = this.#names.get(name);
    const repository = name.slice(0, name.lastIndexOf(":"));
    if (holder !== undefined) {
      this.#use(holder);
      this.#digests.set(holder, [...(this.#digests.get(holder) ?? []), `${repository}@${holder}`]);
    }
    this.#emit("image", "pull", name, { name: repository });
  }

  #image(action: string, id: ImageId, name: string): void {
    this.#use(id);
    this.#emit("image", action, id, { name });
  }

  #use(id: ImageId): void {
    this.truth.set(id, this.#now);
  }

  #emit(type: string, action: string, actor: string, attributes: Record<string, string>): void {
    this.events.push(event(this.#now, type, action, actor, attributes));
    this.#now += 1;
  }
}

function pick<T>(values: readonly T[], number: number): T | undefined {
  return values[number % Math.max(values.length, 1)];
}
