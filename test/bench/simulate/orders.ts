import type { ImageFacts } from "../../../src/core/facts/image-facts.js";
import { expectedUses, noUsePast, type UsePast } from "../../../src/core/plan/need-order.js";
import { makePlan } from "../../../src/core/plan/plan.js";
import { expectedMs } from "../../../src/core/returns/next-use.js";

/** In how many milliseconds each of these images is needed, by whatever another order than the program's own goes by. */
export type NeededIn = (images: readonly ImageFacts[], past: UsePast, now: number) => readonly number[];

/** A planner that keeps what is needed first: it takes that for used last. */
export function plannerBy(neededIn: NeededIn): typeof makePlan {
  return (images, policy, now, filesystem, readPast) => {
    const needs = neededIn(images, readPast?.() ?? noUsePast, now);
    const judged = images.map((facts, place): ImageFacts => {
      const isInGrace = now - facts.lastUse.at < policy.graceMs;
      const inUseBy = isInGrace ? ["container:running"] : facts.inUseBy;
      return { ...facts, inUseBy, usedAt: -(needs[place] ?? 0) };
    });
    return makePlan(judged, policy, now, filesystem, readPast);
  };
}

/** When each image of a trace is used, in milliseconds, in the order of time. */
export type KnownUses = ReadonlyMap<string, readonly number[]>;

/** Knows when each image is used next: no order can do much better, and none can be so in earnest. */
export function offline(uses: KnownUses): NeededIn {
  return (images, _past, now) =>
    images.map(({ image }) => {
      const nextUseAt = uses.get(image.labels["name"] ?? "")?.find((at) => at > now);
      return nextUseAt ?? Number.MAX_SAFE_INTEGER;
    });
}

/**
 * The geometric mean of three expectations alone, which the order by next use goes on from: an image that is late is waited for
 * by the mean of its idle times, and its size does not count.
 */
export const threeTerms: NeededIn = (images, past) => {
  const expected = expectedUses(images, "next-use", () => past);
  return images.map(({ image: { id }, idleMs }) => {
    const use = expected?.get(id) ?? null;
    if (use === null) return idleMs;
    const ended = past.idleTimes.get(id) ?? [];
    const isMean = ended.length > 0 && use.rhythmMs === null;
    const ownMs = isMean ? ended.reduce((sum, each) => sum + each, idleMs) / ended.length : use.ownMs;
    return expectedMs(idleMs, ownMs, use.repositoryMs);
  });
};
