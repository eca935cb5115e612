import { graceStart } from "../facts/image-facts.js";
import type { RankedImage } from "../facts/order.js";
import type { Policy } from "../policy/policy.js";
import { ageLimitOf } from "../rules/limits/age.js";
import { isPassing } from "../rules/keep-rules.js";
import type { Verdict } from "../rules/verdict.js";

/** Whether only time, or want of space, stands between this image and its removal. */
export function mayGo(verdict: Verdict): boolean {
  return verdict.kind === "keep" && verdict.reasons.every(isPassing);
}

/**
 * Milliseconds of observed time until the age limit takes an image that may go, if nobody uses it; null where no such
 * limit is set. `now` is the time of the plan.
 */
export function dueInMs({ facts, idleMs }: RankedImage, policy: Policy, now: number): number | null {
  const { limitMs } = ageLimitOf(facts, policy);
  if (limitMs === null) return null;
  const waits = [limitMs - idleMs, graceStart(facts) + policy.graceMs - now, (facts.retryAt ?? now) - now];
  return Math.max(0, ...waits);
}
