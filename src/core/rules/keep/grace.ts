import { graceStart } from "../../facts/image-facts.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** It was first seen, pulled, built or used less than the grace time ago, by time awake. */
export const grace = {
  ...usual,
  reason: "grace",
  holds: "recent",
  endsBy: "time",
  isSet: ({ graceMs }) => graceMs > 0,
  keeps:
    ({ now, policy: { graceMs } }) =>
    (facts) =>
      now - graceStart(facts) < graceMs,
  finding: (facts, { now, policy }) => ({
    value: now - graceStart(facts),
    limit: policy.graceMs,
    unit: "ms",
  }),
} as const satisfies KeepRule;
