import { graceStart } from "../facts/image-facts.js";
import type { ImageId } from "../image/image.js";
import type { Policy } from "../policy/policy.js";
import { remindsAt, type WarnedRules } from "../policy/warned-rules.js";
import { dueInMs, mayGo } from "./due.js";
import type { Plan } from "./plan.js";

export interface IdleScene {
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly warned: WarnedRules;
}

/**
 * Milliseconds for which a plan stays the same as long as nothing happens but that time passes, of which nothing is observed that
 * has not passed; 0 for a plan that does anything, or leaves a limit unmet.
 */
export function idleForMs(plan: Plan, { policy, now, warned }: IdleScene): number {
  const isIdle = plan.removals.length === 0 && plan.unmetLimits.length === 0 && !plan.isHeldBack;
  if (!isIdle || policy.toFreeBytes !== null) return 0;
  const waiting = new Set<ImageId>();
  for (const { facts, verdict } of plan.keeps) if (mayGo(verdict)) waiting.add(facts.image.id);
  let soonest = Infinity;
  for (const ranked of plan.order) {
    if (!waiting.has(ranked.facts.image.id)) continue;
    // Whatever takes it, an end of its grace time may change the plan.
    const graceMs = graceStart(ranked.facts) + policy.graceMs - now;
    soonest = Math.min(soonest, dueInMs(ranked, policy, now) ?? Infinity, graceMs > 0 ? graceMs : Infinity);
  }
  return Math.max(0, Math.min(soonest, remindsAt(warned) - now));
}
