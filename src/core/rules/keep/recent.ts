import { mostRecentlyUsed } from "../most-recent.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** It is among the most recently used of all. */
export const recent = {
  ...usual,
  reason: "recent",
  holds: "recent",
  isSet: ({ keepRecent }) => keepRecent > 0,
  keeps: ({ order, present, policy }) => {
    const kept = mostRecentlyUsed(order, policy.keepRecent, present);
    return ({ image }) => kept.has(image.id);
  },
  /** Its place is null for a parent, which stays with its child. */
  finding: ({ image }, { order, present, policy }) => {
    const place = [...mostRecentlyUsed(order, order.length, present)].indexOf(image.id) + 1;
    return { value: place === 0 ? null : place, limit: policy.keepRecent, unit: "images" };
  },
} as const satisfies KeepRule;
