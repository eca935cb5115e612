import { mostRecentlyUsed } from "../most-recent.js";
import type { RankedImage } from "../../facts/order.js";
import type { Policy } from "../../policy/policy.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** It is among the most recently used of all, but for what a job leaves behind. */
export const recent = {
  ...usual,
  reason: "recent",
  holds: "recent",
  isSet: ({ keepRecent }) => keepRecent > 0,
  keeps: ({ order, present, policy }) => {
    const kept = mostRecentlyUsed(withoutOwn(order, policy), policy.keepRecent, present);
    return ({ image }) => kept.has(image.id);
  },
  /** Its place is null for a parent, which stays with its child, and for what takes none. */
  finding: ({ image }, { order, present, policy }) => {
    const places = mostRecentlyUsed(withoutOwn(order, policy), order.length, present);
    const place = [...places].indexOf(image.id) + 1;
    return { value: place === 0 ? null : place, limit: policy.keepRecent, unit: "images" };
  },
} as const satisfies KeepRule;

function withoutOwn(order: readonly RankedImage[], { own }: Policy): readonly RankedImage[] {
  return own === null ? order : order.filter(({ facts }) => !own.has(facts.image.id));
}
