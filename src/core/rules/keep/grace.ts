import { graceStart } from "../../facts/image-facts.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** It was first seen, pulled, built or used less than the grace time ago, by time awake; what a job leaves behind has none. */
export const grace = {
  ...usual,
  reason: "grace",
  holds: "recent",
  endsBy: "time",
  isSet: ({ graceMs }) => graceMs > 0,
  keeps:
    ({ now, policy: { graceMs, own } }) =>
    (facts) =>
      now - graceStart(facts) < graceMs && own?.has(facts.image.id) !== true,
  finding: (facts, { now, policy }) => ({
    value: now - graceStart(facts),
    limit: policy.graceMs,
    unit: "ms",
  }),
} as const satisfies KeepRule;
