import { graceStart } from "./keep-reasons.js";
import type { RankedImage } from "./order.js";
import type { Policy } from "../policy/policy.js";
import { ageLimitOf } from "./removal-reasons.js";
import type { KeepReason, Verdict } from "../policy/verdict.js";

/** What passes by itself; everything else that keeps an image somebody has to change. */
const passing: readonly KeepReason[] = ["within-limits", "grace", "failed-before"];

/** Whether nothing but time, or want of space, stands between this image and its removal. */
export function mayGo({ kind, reasons }: Verdict): boolean {
  return kind === "keep" && reasons.every((reason) => passing.some((each) => each === reason));
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
