import { performance } from "node:perf_hooks";
import type { Image, ImageId } from "../../src/core/image.js";
import { layersOfAll } from "../../src/core/image-layers.js";
import { emptyLayerRecord, nextLayerRecord, type ImageLesson } from "../../src/core/layer-record.js";
import type { ImageFacts } from "../../src/core/image-facts.js";
import { makePlan } from "../../src/core/plan.js";
import { image, imageId, policy } from "../core/build.js";

/**
 * How long a plan takes, and how much memory, for images of 10 layers each: 2 of one of 20 bases, 4 more of one of its
 * 50 runtimes, 2 of one of 10 frameworks on it, and 2 of its own. See README.md for how to repeat it.
 */
const sizes = process.argv.slice(2).map(Number);
const mebibyte = 1024 ** 2;

interface Measurement {
  readonly images: number;
  readonly layers: number;
  readonly learnMs: number;
  readonly resolveMs: number;
  readonly planMs: number;
  readonly heapMiB: number;
  readonly peakMiB: number;
  readonly removals: number;
}

function lessonOf(number: number): ImageLesson {
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
  const sumBytes = null;
  return { diffIds, history, sumBytes, taggedAt: null };
}

function measure(count: number): Measurement {
  const images = new Map<ImageId, Image>();
  const lessons = new Map<ImageId, ImageLesson>();
  for (let number = 0; number < count; number += 1) {
    const id = imageId(`image ${number}`);
    images.set(id, image(`registry.example/team/app-${number}`, { id, sizeBytes: 40 * mebibyte }));
    lessons.set(id, lessonOf(number));
  }
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;

  const started = performance.now();
  const record = nextLayerRecord(emptyLayerRecord, lessons, images);
  const learned = performance.now();
  const layersOf = layersOfAll(images, record, "layers");
  const facts = [...images.values()].map((each, index): ImageFacts => ({
    image: each,
    firstSeenAt: 0,
    lastUse: { at: (index * 7919) % count, kind: "container-end", by: null },
    idleMs: count - ((index * 7919) % count),
    inUseBy: index % 50 === 0 ? ["container:web"] : [],
    inRegistry: true,
    isUntagged: false,
    taggedAt: null,
    retryAt: null,
    ...layersOf(each),
  }));
  const resolved = performance.now();
  const total = makePlan(facts, policy(), count).beforeBytes;
  const rules = policy({ quotaBytes: Math.floor(total / 2), maxAgeMs: count * 2, keepRecent: 1 });
  const planStarted = performance.now();
  const plan = makePlan(facts, rules, count * 2);
  const planned = performance.now();
  const heapAtEnd = process.memoryUsage().heapUsed;
  return {
    images: count,
    layers: record.layers.size,
    learnMs: learned - started,
    resolveMs: resolved - learned,
    planMs: planned - planStarted,
    heapMiB: (heapAtEnd - heapBefore) / mebibyte,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    removals: plan.removals.length,
  };
}

function collectGarbage(): void {
  if (typeof globalThis.gc === "function") globalThis.gc();
}

console.log(
  "images   layers   learn ms  resolve ms  plan ms  plan µs/image  heap MiB  peak RSS MiB  removals",
);
for (const count of sizes.length > 0 ? sizes : [1_000, 10_000, 100_000]) {
  const { images, layers, learnMs, resolveMs, planMs, heapMiB, peakMiB, removals } = measure(count);
  const perImage = ((planMs * 1000) / images).toFixed(1);
  const cells = [images, layers, learnMs.toFixed(0), resolveMs.toFixed(0), planMs.toFixed(0), perImage];
  console.log(
    [...cells, heapMiB.toFixed(0), peakMiB.toFixed(0), removals]
      .map((cell) => String(cell).padStart(9))
      .join(" "),
  );
}
