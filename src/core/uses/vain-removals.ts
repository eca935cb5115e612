import { retryAt } from "./failed-removals.js";
import type { Filesystem } from "../policy/filesystem.js";

/**
 * Removals for free space, one after the other, that should have freed some and did not: build cache or containers hold
 * the same layers, or the space is elsewhere.
 */
export interface VainRemovals {
  readonly removals: number;
  /** What they should have freed. */
  readonly expectedBytes: number;
  /** Before the first of them. */
  readonly freeBytes: number;
  /** Engine time, epoch milliseconds. */
  readonly lastAt: number;
}

/** A filesystem, and what came of removals for its sake. */
export interface Space extends Filesystem {
  readonly inVain?: VainRemovals | null;
}

/** One removal for free space, measured directly before it and after it. */
export interface MeasuredRemoval {
  readonly expectedBytes: number;
  readonly before: Filesystem;
  readonly after: Filesystem;
  readonly at: number;
  readonly reason: "min-free" | "min-free-inodes";
}

/** One that frees little is chance: others write meanwhile, and files have blocks. */
const several = 3;

/** What must be seen of what was expected: others may write meanwhile, but not as much as an image has. */
const leastShare = 0.1;

/** Null as soon as one removal has freed some. One of which nothing was expected says nothing. */
export function afterMeasuring(known: VainRemovals | null, removal: MeasuredRemoval): VainRemovals | null {
  const { expectedBytes, before, after, at, reason } = removal;
  if (expectedBytes === 0) return known;
  const hasInodes = reason === "min-free-inodes" && after.freeInodes > before.freeInodes;
  if (hasInodes || after.freeBytes - before.freeBytes >= expectedBytes * leastShare) return null;
  return {
    removals: (known?.removals ?? 0) + 1,
    expectedBytes: (known?.expectedBytes ?? 0) + expectedBytes,
    freeBytes: known?.freeBytes ?? before.freeBytes,
    lastAt: at,
  };
}

/** Forgotten once there is more space, also where a store frees it later, or somebody else did. */
export function stillInVain(known: VainRemovals | null, { freeBytes }: Filesystem): VainRemovals | null {
  if (known === null) return null;
  return freeBytes - known.freeBytes >= known.expectedBytes * leastShare ? null : known;
}

/** Until when nothing more goes for free space; null when one image may be tried. As long as for an image that cannot go. */
export function waitsUntil(known: VainRemovals | null | undefined, now: number): number | null {
  if (known == null || known.removals < several) return null;
  return retryAt({ failures: known.removals - several + 2, lastFailedAt: known.lastAt }, now);
}
