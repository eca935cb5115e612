import { performance } from "node:perf_hooks";
import { learnLayers, planScene, timePlan } from "./ratios/plan-scene.js";

/** How long a plan takes, and how much memory. See README.md for how to repeat it. */
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

function measure(count: number): Measurement {
  const scene = planScene(count);
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  const started = performance.now();
  const record = learnLayers(scene);
  const learnMs = performance.now() - started;
  const { resolveMs, planMs, plan } = timePlan(scene, record);
  const heapAtEnd = process.memoryUsage().heapUsed;
  return {
    images: count,
    layers: record.layers.size,
    learnMs,
    resolveMs,
    planMs,
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
