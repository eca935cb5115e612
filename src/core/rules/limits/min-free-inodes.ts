import { LayerSet } from "../../layers/layer-set.js";
import type { Limit } from "../limit.js";

/** `--min-free-inodes`: inodes to have free there. */
export const minFreeInodes = {
  reasons: ["min-free-inodes"],
  decidesBy: "measured-space",
  isSet: (policy) => policy.minFreeInodes !== null,
  /**
   * How many inodes an image frees nobody can say before, so each image that would free some may have to go; the run
   * measures after each, and stops as soon as there are enough.
   */
  take: ({ order, kept, removed, policy, space }) => {
    if (space === null || space.freeInodes >= (policy.minFreeInodes ?? 0)) return;
    const staying = new LayerSet();
    for (const { facts } of order) if (kept.has(facts.image.id)) staying.add(facts.topLayer);
    for (const { facts } of order) {
      const { id } = facts.image;
      if (kept.has(id) || removed.has(id) || staying.marginalBytes(facts.topLayer) === 0) continue;
      removed.set(id, "min-free-inodes");
    }
  },
  finding: (_, { policy, filesystem }) => ({
    rule: "min-free-inodes",
    value: filesystem?.freeInodes ?? null,
    limit: policy.minFreeInodes,
    unit: "inodes",
  }),
  unmet: ({ policy: { minFreeInodes: limitInodes }, free, inVain }) =>
    limitInodes !== null && free !== null && free.freeInodes < limitInodes
      ? { limit: "min-free-inodes", limitInodes, freeInodes: free.freeInodes, inVain }
      : null,
} as const satisfies Limit;
