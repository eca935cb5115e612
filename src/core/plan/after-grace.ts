import { graceStart } from "../facts/image-facts.js";
import { makePlanWith, type PlanScene } from "./plan.js";

/** What goes for a limit that is not met now once the grace time of the images is over, if nobody uses them. */
export interface AfterGrace {
  /** Milliseconds until the last of them may go. */
  readonly inMs: number;
  /** Bytes that come free besides those of the plan. */
  readonly freedBytes: number;
}

/** Null where the plan meets every limit, or the end of the grace time brings nothing. */
export function outlookAfterGrace(scene: PlanScene): AfterGrace | null {
  const { plan, policy, now } = scene;
  if (plan.unmetLimits.length === 0 || plan.isHeldBack || policy.graceMs === 0) return null;
  const without = makePlanWith({ graceMs: 0 }, scene);
  const freedBytes = without.freedBytes - plan.freedBytes;
  if (freedBytes <= 0) return null;
  const waits = without.removals.map((going) => graceStart(going.facts) + policy.graceMs - now);
  return { inMs: Math.max(0, ...waits), freedBytes };
}
