import type { TraceLine } from "../../../../src/core/what-if/trace.js";
import { ci, ciPlain, nightlyScan } from "./build-hosts.js";
import { laptop } from "./laptop.js";
import { cycle, independent, sliding, zipfRunner } from "./runners.js";
import { edge, kube, releases } from "./services.js";

/** Every workload, by its name. The same seed gives the same trace. */
export const workloads: Readonly<Record<string, (seed: number) => TraceLine[]>> = {
  ci,
  ciPlain,
  nightlyScan,
  zipfRunner,
  releases,
  laptop,
  edge,
  kube,
  sliding,
  cycle,
  independent,
};

/** Quotas as shares of the bytes of all layers: a build host makes far more than it needs. */
export function usualShares(workload: string): readonly number[] {
  return workload.startsWith("ci") ? [0.05, 0.1, 0.2, 0.4] : [0.1, 0.2, 0.4, 0.6];
}
