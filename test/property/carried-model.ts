import type { ListingSettings } from "../../src/run/observe/list.js";
import { usualListing } from "../../src/run/observe/list.js";
import { emptyRecord, type EngineRecord } from "../../src/core/uses/checkpoint.js";
import type { Image, ImageId } from "../../src/core/image/image.js";
import type { ListingSource } from "../../src/core/image/listing.js";
import { ApiEngine } from "../../src/engine/docker-api/api-engine.js";
import { SteeredClock } from "../practice-engine/clock.js";
import type { EngineRequest } from "../../src/engine/transport/connection.js";
import type { Claim, Store } from "../practice-engine/dialect.js";
import { directConnection } from "../practice-engine/direct-connection.js";
import { familiarName, isDigestName } from "../practice-engine/names.js";
import { EngineState } from "../practice-engine/state.js";
import { observeAt, type Observed } from "../support/observe-at.js";
import type { Deed, PlainDeed } from "./carried-deeds.js";

const names = ["app:latest", "app:2", "team/tool:1", "host.example:5000/x:1"] as const;
const start = Date.UTC(2026, 0, 1);

export interface CarriedRun {
  readonly source: ListingSource;
  /** The record of runs that carry the listing forward wherever they can, and of runs that list all images. */
  readonly carried: EngineRecord;
  readonly listed: EngineRecord;
  /** What the engine lists once the run is over. */
  readonly truth: ReadonlyMap<ImageId, Image>;
}

/** An engine that changes, with two observers of it: one that carries its listing forward, and one that lists each time. */
export class CarriedModel {
  readonly #clock = new SteeredClock(start);
  readonly #state = new EngineState(this.#clock.now);
  readonly #claim: Claim;
  #awake = 0;
  #made = 0;
  #carried: EngineRecord = emptyRecord;
  #listed: EngineRecord = emptyRecord;

  constructor(store: Store) {
    this.#claim = {
      apiVersion: 51,
      minApiVersion: 24,
      serverVersion: "28.5.2",
      id: "ID",
      name: "practice",
      rootDirectory: "/var/lib/docker",
      hostNetwork: "",
      store,
    };
  }

  /** Answers with what the run came to, where the deed is one. */
  async do(deed: Deed): Promise<CarriedRun | null> {
    if (deed.kind !== "run") {
      this.#pass(10);
      this.#act(deed);
      return null;
    }
    this.#pass(100);
    const before = this.#carried;
    let [asked, readings, isOver] = [0, 0, false];
    // What happens behind the last reading of the events, or after the time up to which it goes, is for the next run to see.
    const act = ({ path }: EngineRequest) => {
      if (path === "/events") readings += 1;
      for (const each of deed.meanwhile) {
        if (isOver || each.before !== asked) continue;
        this.#act(each.deed);
        isOver = readings === 2 && each.deed.kind === "pass";
      }
      asked += 1;
      isOver ||= readings === 2;
    };
    const { record: carried, source } = await this.#observe(before, usualListing, act);
    this.#carried = carried;
    this.#listed = (await this.#observe(this.#listed, { ...usualListing, asked: "full" })).record;
    const engine = new ApiEngine(directConnection(this.#state, { claim: this.#claim }), 1000);
    await engine.describe();
    const truth = new Map((await engine.listImages()).map((image) => [image.id, image]));
    return { source, carried: this.#carried, listed: this.#listed, truth };
  }

  async #observe(
    record: EngineRecord,
    listing: ListingSettings,
    onRequest: (request: EngineRequest) => void = () => undefined,
  ): Promise<Observed> {
    const engine = new ApiEngine(directConnection(this.#state, { claim: this.#claim, onRequest }), 1000);
    const steady = { bootId: "boot", elapsedMs: this.#awake };
    const clocks = { now: () => this.#now, nowAtMost: () => this.#now + 1 };
    return observeAt({ ...clocks, steady }, { engine, record, listing });
  }

  get #now(): number {
    return start + this.#awake;
  }

  /** The clocks of engine and observer agree to the millisecond: few readings come between two passings. */
  #pass(milliseconds: number): void {
    this.#awake += milliseconds;
    const drift = Number(this.#clock.now() / 1_000n) / 1000 - this.#now;
    this.#clock.advance(-Math.floor(drift));
  }

  #act({ kind, first, second }: PlainDeed): void {
    const state = this.#state;
    const name = names[first % names.length] ?? names[0];
    const present = pick([...state.images.all()], second);
    const container = pick([...state.containers.all()], second);
    const held = state.images.find(name);
    const content = `content ${second % 6}`;
    switch (kind) {
      case "pull":
        state.pull({ name, content, megabytes: 1 });
        return;
      case "pull-again":
        if (held !== undefined) state.publish("image", "pull", familiarName(name), { name });
        return;
      case "pull-digest":
        state.pullPinned({ name, content, megabytes: 1 });
        return;
      case "push":
        if (held !== undefined) state.push(name);
        return;
      case "load":
        state.load({
          name: second % 2 === 0 ? [name] : [name, names[second % names.length] ?? name],
          content,
        });
        return;
      case "load-again":
        if (present !== undefined) state.loadImage(present, [name]);
        return;
      case "import":
        state.import({ name });
        return;
      case "commit":
        if (container !== undefined && state.images.get(container.imageId) !== undefined)
          state.commit(container.id, second % 2 === 0 ? name : null);
        return;
      case "build":
        if (present !== undefined) state.build({ parent: present.id, ...(second % 2 === 0 ? { name } : {}) });
        return;
      case "buildkit":
        state.buildkit({ name });
        return;
      case "buildkit-again":
        state.buildkit({ name, content });
        return;
      case "buildkit-untagged":
        state.buildkit({});
        return;
      case "buildx":
        if (this.#claim.store === "containerd") state.buildx({ name, content: `build ${second % 3}` });
        return;
      case "tag":
        if (present !== undefined) state.tag(present.id, name);
        return;
      case "untag": {
        const all = [...state.images.all()].flatMap(({ id }) => state.images.namesOf(id));
        attempt(() => {
          state.untag(pick(all, second) ?? name);
        });
        return;
      }
      case "remove":
        if (present !== undefined)
          attempt(() => state.removeImage(present.id, { force: first % 3 === 0, noprune: first % 2 === 0 }));
        return;
      case "prune":
        for (const { id } of [...state.images.all()])
          if (state.images.namesOf(id).every(isDigestName))
            attempt(() => state.removeImage(id, { noprune: true }));
        state.publish("image", "prune", "", {});
        return;
      case "create":
        if (present !== undefined)
          state.createContainer(pick(state.images.namesOf(present.id), first) ?? present.id, {
            name: `c${++this.#made}`,
          });
        return;
      case "end":
        if (container !== undefined) state.removeContainer(container.id, "by-force");
        return;
      case "noise":
        for (let probe = 0; container !== undefined && probe < first; probe += 1)
          state.healthProbe(container.id);
        return;
      case "restart":
        if (second % 4 === 0) state.restart();
        return;
      case "pass":
        this.#pass(first * 60_000);
    }
  }
}

function pick<Item>(items: readonly Item[], number: number): Item | undefined {
  return items[number % Math.max(1, items.length)];
}

/** What the engine refuses was tried in vain. */
function attempt(deed: () => unknown): void {
  try {
    deed();
  } catch {
    // It says why, and that is nobody's concern here.
  }
}
