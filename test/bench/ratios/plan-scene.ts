import { performance } from "node:perf_hooks";
import type { ImageFacts } from "../../../src/core/facts/image-facts.js";
import type { Image, ImageId } from "../../../src/core/image/image.js";
import { layersOfAll } from "../../../src/core/layers/image-layers.js";
import {
  emptyLayerRecord,
  nextLayerRecord,
  type LayerDetails,
  type LayerRecord,
} from "../../../src/core/layers/layer-record.js";
import { makePlan, type Plan } from "../../../src/core/plan/plan.js";
import { image, imageId, policy } from "../../support/values.js";

const mebibyte = 1024 ** 2;

/**
 * Images of 10 layers each: 2 of one of 20 bases, 4 more of one of its 50 runtimes, 2 of one of 10 frameworks on it,
 * and 2 of its own. 1 in 50 is in use.
 */
export interface PlanScene {
  readonly images: ReadonlyMap<ImageId, Image>;
  readonly learned: ReadonlyMap<ImageId, LayerDetails>;
}

/** What every run does with its images; milliseconds. */
export interface TimedPlan {
  /** Giving every layer its bytes. */
  readonly resolveMs: number;
  /** Giving every image its verdict. */
  readonly planMs: number;
  readonly plan: Plan;
}

export function planScene(count: number): PlanScene {
  const images = new Map<ImageId, Image>();
  const learned = new Map<ImageId, LayerDetails>();
  for (let number = 0; number < count; number += 1) {
    const id = imageId(`image ${number}`);
    images.set(id, image(`registry.example/team/app-${number}`, { id, sizeBytes: 40 * mebibyte }));
    learned.set(id, detailsOf(number));
  }
  return { images, learned };
}

/** Aligns histories to layers and hashes chain IDs, which is done once for an image in its life. */
export function learnLayers({ images, learned }: PlanScene): LayerRecord {
  return nextLayerRecord(emptyLayerRecord, learned, images);
}

/** The quota is half of the bytes, so that about half of the images go. */
export function timePlan({ images }: PlanScene, record: LayerRecord): TimedPlan {
  const count = images.size;
  const started = performance.now();
  const layersOf = layersOfAll(images, record, "layers");
  const facts = [...images.values()].map((each, index): ImageFacts => ({
    image: each,
    firstSeenAt: 0,
    lastUse: { at: (index * 7919) % count, kind: "container-end", by: null },
    usedAt: (index * 7919) % count,
    seenAt: 0,
    idleMs: count - ((index * 7919) % count),
    observedMsAtLastUse: (index * 7919) % count,
    inUseBy: index % 50 === 0 ? ["container:web"] : [],
    inRegistry: true,
    isUntagged: false,
    taggedAt: null,
    retryAt: null,
    failedBecause: null,
    unpullable: null,
    ...layersOf(each),
  }));
  const resolved = performance.now();
  const total = makePlan(facts, policy(), count).beforeBytes;
  const rules = policy({ quotaBytes: Math.floor(total / 2), maxAgeMs: count * 2, keepRecent: 1 });
  const planStarted = performance.now();
  const plan = makePlan(facts, rules, count * 2);
  return { resolveMs: resolved - started, planMs: performance.now() - planStarted, plan };
}

function detailsOf(number: number): LayerDetails {
  const [base, runtime, framework] = [number % 20, number % 1000, number % 10_000];
  const diffIds = [
    ...[0, 1].map((layer) => `base ${base} ${layer}`),
    ...[0, 1, 2, 3].map((layer) => `runtime ${runtime} ${layer}`),
    ...[0, 1].map((layer) => `framework ${framework} ${layer}`),
    ...[0, 1].map((layer) => `own ${number} ${layer}`),
  ];
  const history = diffIds.map((_, layer) => ({
    bytes: (1 + ((number + layer) % 7)) * mebibyte,
    createdBy: "RUN make",
  }));
  return { diffIds, history, sumBytes: null, taggedAt: null, content: null };
}
