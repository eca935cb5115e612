import { performance } from "node:perf_hooks";
import { medianOf } from "./alternate.js";
import { learnLayers, planScene, timePlan } from "./plan-scene.js";

/** Times per image, in microseconds. */
export interface PlanCost {
  /** Of the first plan of the process, as in a run. */
  readonly firstUs: number;
  /** Of those behind it, whose code is compiled. */
  readonly laterUs: number;
  /** Of putting the images in the order of their IDs, for comparison: known to be n log n. */
  readonly sortUs: number;
}

/** Plans as many images as the argument says, in a process of its own, and prints the PlanCost as JSON. */
const count = Number(process.argv[2]);
/** Few images are planned more often, for a time that can be measured. */
const repeats = Math.max(3, Math.min(100, Math.round(300_000 / count)));

const scene = planScene(count);
const record = learnLayers(scene);
const ids = [...scene.images.keys()];

function planOnce(): number {
  const { resolveMs, planMs } = timePlan(scene, record);
  return ((resolveMs + planMs) * 1000) / count;
}

function sortOnce(): number {
  const copy = [...ids];
  const started = performance.now();
  copy.sort((first, second) => (first < second ? -1 : 1));
  return ((performance.now() - started) * 1000) / count;
}

function medianOfMany(measure: () => number): number {
  return medianOf(Array.from({ length: repeats }, measure), (microseconds) => microseconds);
}

const cost: PlanCost = {
  firstUs: planOnce(),
  laterUs: medianOfMany(planOnce),
  sortUs: medianOfMany(sortOnce),
};
console.log(JSON.stringify(cost));
