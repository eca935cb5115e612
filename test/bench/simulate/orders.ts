import { expectedUses } from "../../../src/core/plan/need-order.js";
import { expectedMs } from "../../../src/core/returns/next-use.js";
import type { NeededIn } from "../../../src/core/what-if/simulated-host.js";

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
