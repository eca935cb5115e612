import { newestOfRepositories } from "../most-recent.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** It is among the most recently used of one of its repositories. */
export const newest = {
  ...usual,
  reason: "newest",
  holds: "byRule",
  isSet: ({ keepNewest }) => keepNewest > 0,
  keeps: ({ order, present, policy }) => {
    const kept = newestOfRepositories(order, policy.keepNewest, present);
    return ({ image }) => kept.has(image.id);
  },
  finding: (_, { policy }) => ({ limit: policy.keepNewest, unit: "images" }),
} as const satisfies KeepRule;
