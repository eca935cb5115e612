import type { RankedImage } from "../facts/order.js";
import type { PlannedImage } from "./planned-image.js";
import { makePlanWith, type PlanScene } from "./plan.js";
import { mayGo } from "./due.js";
import { limits } from "../rules/limits.js";
import type { Finding } from "../rules/keep-rule.js";
import { keepRules, type KeepReason } from "../rules/keep-rules.js";
import type { RemoveReason } from "../policy/removal.js";

/** With what the rule went by; null where it goes by something else. */
export interface RuleCheck extends Required<Finding> {
  readonly rule: Exclude<KeepReason, "within-limits"> | RemoveReason;
  /**
   * Whether it is what decides; `no` when it was asked and has nothing to say, `unasked` when another rule had decided
   * before, `off` when it is not set.
   */
  readonly result: "keeps" | "removes" | "no" | "unasked" | "off";
}

/**
 * All rules in the order of the policy, first those that keep. What each of them decided is read off the plan; the rest
 * is what it went by. Only an image with such a name shows that names are too long.
 */
export function checkRules(planned: PlannedImage, ranked: RankedImage, scene: PlanScene): RuleCheck[] {
  const { verdict } = planned;
  const holds = (reason: KeepReason) => verdict.kind === "keep" && verdict.reasons.includes(reason);
  const { plan, policy, now, filesystem } = scene;
  const { order } = plan;
  const present = new Map(order.map(({ facts }) => [facts.image.id, facts]));
  const staying = plan.keeps.filter((each) => !mayGo(each.verdict)).map(({ facts }) => facts);
  const keeps = keepRules
    .filter(
      ({ reason, shown, isSet }) =>
        shown === "always" || (shown === "if-set" && isSet(policy)) || holds(reason),
    )
    .map(({ reason: rule, isSet, finding }): RuleCheck => {
      const found = finding(planned.facts, { order, present, policy, now, staying });
      return { ...nothing, ...found, rule, result: holds(rule) ? "keeps" : isSet(policy) ? "no" : "off" };
    });
  const isKept = keeps.some(({ result }) => result === "keeps");
  const reason = isKept ? null : reasonToGo(planned, scene);
  let isDecided = isKept;
  const { beforeBytes, freedBytes } = plan;
  const shownLimits = limits.filter(({ shown, isSet }) => shown !== "if-set" || isSet(policy));
  const asked = shownLimits.map(({ finding }): RuleCheck => {
    const found = finding(ranked, { policy, filesystem, beforeBytes, freedBytes });
    const takes = found.rule === reason;
    const result = found.limit == null ? "off" : takes ? "removes" : isDecided ? "unasked" : "no";
    isDecided ||= takes;
    return { ...nothing, ...found, result };
  });
  return [...keeps, ...asked, ...deferral(scene, holds("max-removals") ? "keeps" : "no")];
}

const nothing = { value: null, limit: null, unit: null, by: [] } as const;

/** Which limit takes it, also where it has to wait for another run: then the same plan without that rule tells. */
function reasonToGo({ facts, verdict }: PlannedImage, scene: PlanScene): RemoveReason | null {
  if (verdict.kind === "remove") return verdict.reason;
  if (!verdict.reasons.includes("max-removals")) return null;
  const whole = makePlanWith({ maxRemovals: null }, scene);
  const found = whole.removals.find((each) => each.facts.image.id === facts.image.id);
  return found?.verdict.reason ?? null;
}

function deferral({ plan, policy }: PlanScene, result: "keeps" | "no"): RuleCheck[] {
  const { maxRemovals } = policy;
  if (maxRemovals === null) return [];
  const value = plan.removals.length;
  return [{ rule: "max-removals", result, value, limit: maxRemovals, unit: "images", by: [] }];
}
