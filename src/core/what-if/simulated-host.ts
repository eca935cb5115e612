import type { ImageFacts } from "../facts/image-facts.js";
import type { Image, ImageId } from "../image/image.js";
import { LayerSet, type Layer } from "../layers/layer-set.js";
import { ReturnGroups } from "../returns/return-group.js";
import { makePlan } from "../plan/plan.js";
import { noLimits, type Policy } from "../policy/policy.js";
import { emptyReturnHistory, withEnded, withEndedIdle } from "../returns/return-history.js";
import type { TracedLayer, TraceLine } from "./trace.js";

const graceMs = 3_600_000;
/** From one run to the next, while the host is over its quota. */
export const stepMs = 300_000;
const rememberedMs = 90 * 24 * 3_600_000;

/** What a host pulled and removed over a trace. */
export interface SimulationResult {
  readonly pulledBytes: number;
  /** Bytes of layers that were pulled for the first time: no order could spare them. */
  readonly firstPulledBytes: number;
  readonly removals: number;
  /** What it holds at the end. */
  readonly keptBytes: number;
  readonly days: number;
}

interface SimulatedImage {
  readonly name: string;
  readonly image: Image;
  readonly layers: readonly TracedLayer[];
  readonly topLayer: Layer | null;
  isPresent: boolean;
  isUntagged: boolean;
  /** The end of its last container, milliseconds; null before its first use. */
  lastUsedAt: number | null;
  endedIdleMs: readonly number[];
}

/**
 * A host that uses images as a trace says, with a run every five minutes while it is over the quota. It pulls what is missing
 * and removes what the program's own planner takes, with a grace of an hour; a running image is in use. Time is all observed.
 */
export class SimulatedHost {
  readonly #policy: Policy;
  readonly #makePlan: typeof makePlan;
  readonly #images = new Map<string, SimulatedImage>();
  readonly #byId = new Map<ImageId, SimulatedImage>();
  readonly #layers = new Map<string, Layer>();
  readonly #seenLayers = new Set<Layer>();
  readonly #present = new Set<SimulatedImage>();
  /** Images that were removed, and may come back. */
  readonly #removed = new Set<SimulatedImage>();
  readonly #held = new LayerSet();
  readonly #groups = new ReturnGroups();
  #history = emptyReturnHistory;
  #nextRunAt = 0;
  #now = 0;
  #pulledBytes = 0;
  #firstPulledBytes = 0;
  #removals = 0;

  /** @param planner another one than the program's own, to compare it with */
  constructor(quotaBytes: number, order: Policy["order"], planner = makePlan) {
    this.#makePlan = planner;
    this.#policy = { ...noLimits, quotaBytes, quotaTargetBytes: quotaBytes, graceMs, order };
  }

  apply(line: TraceLine): void {
    if (line.kind === "image") {
      this.#define(line);
      return;
    }
    const at = line.at * 1000;
    this.#runUntil(at);
    this.#now = at;
    const image = this.#images.get(line.image);
    if (image === undefined) throw new Error(`The trace uses ${line.image} before it says what it is.`);
    if (line.kind === "untag") image.isUntagged = true;
    else this.#use(image, at, line.seconds * 1000, line.kind);
  }

  get result(): SimulationResult {
    return {
      pulledBytes: this.#pulledBytes,
      firstPulledBytes: this.#firstPulledBytes,
      removals: this.#removals,
      keptBytes: this.#held.totalBytes,
      days: this.#now / (24 * 3_600_000),
    };
  }

  #define({ image: name, repository, layers }: Extract<TraceLine, { readonly kind: "image" }>): void {
    if (this.#images.has(name)) return;
    const number = this.#images.size + 1;
    const id = `sha256:${number.toString(16).padStart(64, "0")}` as ImageId;
    let topLayer: Layer | null = null;
    for (const layer of layers) topLayer = this.#layerOn(topLayer, layer);
    const image: Image = {
      id,
      parentId: null,
      tags: [`${repository}:${number}`],
      digests: [],
      manifests: [],
      labels: { name },
      sizeBytes: layers.reduce((sum, { bytes }) => sum + bytes, 0),
      createdAt: null,
    };
    const state = { isPresent: false, isUntagged: false, lastUsedAt: null, endedIdleMs: [] };
    const simulated: SimulatedImage = { name, image, layers, topLayer, ...state };
    this.#images.set(name, simulated);
    this.#byId.set(id, simulated);
  }

  #layerOn(below: Layer | null, { name, bytes }: TracedLayer): Layer {
    const key = `${below?.index ?? ""}/${name}`;
    const known = this.#layers.get(key) ?? { index: this.#layers.size, bytes, below };
    this.#layers.set(key, known);
    return known;
  }

  #use(image: SimulatedImage, at: number, durationMs: number, kind: "use" | "build"): void {
    if (!image.isPresent) this.#bring(image, kind);
    const { lastUsedAt } = image;
    if (lastUsedAt !== null && at - lastUsedAt > graceMs) {
      const idleMs = at - lastUsedAt;
      this.#history = withEnded(this.#history, [{ group: this.#groups.of(image), idleMs }], at);
      image.endedIdleMs = withEndedIdle(image.endedIdleMs, idleMs);
    }
    image.lastUsedAt = Math.max(lastUsedAt ?? 0, at + durationMs);
    if (this.#isOverQuota) this.#nextRunAt = (Math.floor(at / stepMs) + 1) * stepMs;
  }

  #bring(image: SimulatedImage, kind: "use" | "build"): void {
    const missing: Layer[] = [];
    for (
      let layer = image.topLayer;
      layer !== null && this.#held.marginalBytes(layer) > 0;
      layer = layer.below
    )
      missing.push(layer);
    const built = new Set(image.layers.filter(({ isBuilt }) => isBuilt).map(({ name }) => name));
    const names = image.layers.map(({ name }) => name).reverse();
    for (const [index, layer] of missing.entries()) {
      const isNew = !this.#seenLayers.has(layer);
      this.#seenLayers.add(layer);
      if (isNew && kind === "build" && built.has(names[index] ?? "")) continue;
      this.#pulledBytes += layer.bytes;
      if (isNew) this.#firstPulledBytes += layer.bytes;
    }
    this.#held.add(image.topLayer);
    image.isPresent = true;
    this.#present.add(image);
    this.#removed.delete(image);
  }

  get #isOverQuota(): boolean {
    return this.#held.totalBytes > (this.#policy.quotaBytes ?? Infinity);
  }

  #runUntil(at: number): void {
    while (this.#isOverQuota && this.#nextRunAt <= at) {
      this.#run(this.#nextRunAt);
      this.#nextRunAt += stepMs;
    }
  }

  #run(now: number): void {
    const images = [...this.#present].map((image) => factsOf(image, now));
    if (images.every(({ lastUse }) => now - lastUse.at < graceMs)) {
      // Nothing may go before the first grace time ends.
      const soonest = Math.min(...images.map(({ lastUse }) => lastUse.at + graceMs));
      this.#nextRunAt = Math.max(this.#nextRunAt, Math.ceil(soonest / stepMs) * stepMs - stepMs);
      return;
    }
    const readPast = () => ({
      history: this.#history,
      idleTimes: new Map([...this.#present].map(({ image, endedIdleMs }) => [image.id, endedIdleMs])),
      removed: [...this.#remembered(now)],
      observedMs: now,
    });
    const plan = this.#makePlan(images, this.#policy, now, null, readPast);
    for (const { facts } of plan.removals) {
      const image = this.#byId.get(facts.image.id);
      if (image !== undefined) this.#remove(image);
    }
  }

  *#remembered(now: number) {
    for (const image of this.#removed) {
      const idleMs = now - (image.lastUsedAt ?? now);
      if (idleMs > rememberedMs) this.#removed.delete(image);
      else yield { group: this.#groups.of(image), idleMs };
    }
  }

  #remove(image: SimulatedImage): void {
    this.#removals += 1;
    this.#held.remove(image.topLayer);
    image.isPresent = false;
    this.#present.delete(image);
    this.#removed.add(image);
  }
}

function factsOf({ image, topLayer, isUntagged, lastUsedAt }: SimulatedImage, now: number): ImageFacts {
  const at = lastUsedAt ?? 0;
  return {
    image,
    topLayer,
    exact: true,
    firstSeenAt: 0,
    lastUse: { at, kind: "container-end", by: null },
    usedAt: at,
    seenAt: 0,
    idleMs: Math.max(0, now - at),
    observedMsAtLastUse: at,
    inUseBy: at > now ? ["container:running"] : [],
    inRegistry: true,
    isUntagged,
    taggedAt: null,
    retryAt: null,
    failedBecause: null,
    unpullable: null,
  };
}
