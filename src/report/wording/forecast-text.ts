import type { Explanation } from "../../core/results/explanation.js";
import type { DueRemoval } from "../../core/plan/due-removals.js";
import type { Policy } from "../../core/policy/policy.js";
import type { RuleCheck } from "../../core/plan/rule-checks.js";
import type { KeepReason } from "../../core/rules/keep-rules.js";
import { nameOrShortId } from "./image-name.js";
import { keepWords } from "./keep-words.js";
import { limits, isSpaceLimited } from "../../core/rules/limits.js";
import { age } from "../../core/rules/limits/age.js";
import { shownTags } from "../../core/image/shown-names.js";
import type { ImageReport } from "../../core/results/run-report.js";
import { limitWords } from "./limit-words.js";
import { countText, durationText } from "./quantities.js";

/** What would change the verdict of an image, one sentence each. */
export function forecastSentences({ forecast, checks, image }: Explanation, policy: Policy): string[] {
  switch (forecast.kind) {
    case "goes":
      return ["It goes in the next run, unless it is used before."];
    case "deferred":
      return [
        `It goes in one of the next runs: --max-removals lets one remove ${countText(policy.maxRemovals ?? 0, "image")}.`,
      ];
    case "due":
      return [dueSentence(forecast, policy)];
    case "in-line":
      return [
        `It goes when space is needed: number ${forecast.place} of ${countText(forecast.of, "image")} that may go.`,
      ];
    case "unlimited":
      return [unlimitedSentence(image, policy)];
    case "stays":
      return [
        ...lasting(forecast.reasons).flatMap((reason) => untilSentence(reason, checks)),
        ...afterwards(checks),
      ];
  }
}

function unlimitedSentence({ image }: ImageReport, policy: Policy): string {
  const { maxVersions } = policy;
  if (maxVersions !== null && shownTags(image).length > 0)
    return `It stays until ${countText(maxVersions, "other")} of its repository have been used after it.`;
  const isLimited = limits.some(({ isSet }) => isSet(policy));
  return isLimited ? "It stays: no limit that is set applies to it." : "It stays: no limit is set.";
}

/** Recent and within the grace time is whatever is in use, and that goes without saying. */
function lasting(reasons: readonly KeepReason[]): readonly KeepReason[] {
  if (!reasons.includes("in-use")) return reasons;
  return reasons.filter((reason) => reason !== "recent" && reason !== "grace");
}

function dueSentence({ inMs, reason, withChild }: DueRemoval, policy: Policy): string {
  const isForAge = isOfAge(reason);
  const earlier = isForAge && isSpaceLimited(policy) ? ", or before that when space is needed" : "";
  const due = inMs === 0 ? "at once" : `after ${durationText(inMs)} more of observed time`;
  const why = isForAge ? "" : `, ${limitWords[reason].short},`;
  const together =
    withChild === null ? "" : `, together with ${nameOrShortId(withChild)}, which was built on it,`;
  return `It goes ${due}${why}${together} if nothing uses it${earlier}.`;
}

/** As long as this holds, the image stays; none for what is said otherwise. */
function untilSentence(reason: KeepReason, checks: readonly RuleCheck[]): string[] {
  const check = checks.find(({ rule }) => rule === reason);
  const { until } = keepWords[reason];
  return check === undefined || until === undefined ? [] : [until(check)];
}

/** What the age limit would say then. While something uses it, it is not idle. */
function afterwards(checks: readonly RuleCheck[]): string[] {
  const age = checks.find(({ rule, limit }) => isOfAge(rule) && limit !== null);
  if (age?.value == null || age.limit === null) return [];
  if (age.value >= age.limit) return [`Then it goes: it has been idle for ${durationText(age.value)}.`];
  return [`Then it goes once it has been idle for ${durationText(age.limit)}.`];
}

function isOfAge(rule: RuleCheck["rule"]): boolean {
  return age.reasons.some((reason) => reason === rule);
}
