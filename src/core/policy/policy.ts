import type { ImageId } from "../image/image.js";
import type { ImagePattern } from "./image-pattern.js";
import type { Limits, ResolvedLimits } from "./limits.js";

/** What may go, as a value. Sizes are bytes, times milliseconds; null switches a limit off. Shares are resolved: see limits.ts. */
export interface Policy extends ResolvedLimits {
  readonly maxAgeMs: number | null;
  /** The same for images that have lost their last tag. */
  readonly untaggedAgeMs: number | null;
  /** How many images of every repository may stay. */
  readonly maxVersions: number | null;
  /** What one run should free, wherever the bytes are. */
  readonly toFreeBytes: number | null;
  readonly graceMs: number;
  readonly keepRecent: number;
  /** How many images to keep of every repository; 0 for none. */
  readonly keepNewest: number;
  /** Whether the label `docker-gc.keep` counts, which whoever builds an image may give it. */
  readonly keepLabel: "heeded" | "ignored";
  /** What to keep of images that no registry is known to have. */
  readonly keepLocal: "all" | "none";
  /** What to keep of images that no registry has any more, or that none could be asked about. */
  readonly keepUnpullable: "all" | "none";
  readonly keep: readonly ImagePattern[];
  /** Null: everything is in scope. */
  readonly only: readonly ImagePattern[] | null;
  /** What the job that ends has made, and nobody else uses; null: no job ends. */
  readonly own: ReadonlySet<ImageId> | null;
  readonly maxRemovals: number | null;
  /** The percentage of all images that a run may remove; one that would remove more removes none. */
  readonly maxRemovedShare: number | null;
  /** By what a quota and free space decide between images; age and the rest go by the last use. */
  readonly order: "next-use" | "last-use";
}

/** Everything is off, and nothing goes. */
export const noLimits: Policy = {
  maxAgeMs: null,
  untaggedAgeMs: null,
  maxVersions: null,
  quotaBytes: null,
  quotaTargetBytes: null,
  toFreeBytes: null,
  minFreeBytes: null,
  minFreeInodes: null,
  graceMs: 0,
  keepRecent: 0,
  keepNewest: 0,
  keepLabel: "heeded",
  keepLocal: "none",
  keepUnpullable: "none",
  keep: [],
  only: null,
  own: null,
  maxRemovals: null,
  maxRemovedShare: null,
  order: "next-use",
};

/** A policy before it is known what shares of the filesystem come to, and what there is. */
export type AskedPolicy = Omit<Policy, keyof ResolvedLimits | "own"> & { readonly limits: Limits };
