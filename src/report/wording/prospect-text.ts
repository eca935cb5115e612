import type { Explanation } from "../../core/results/explanation.js";
import type { Forecast } from "../../core/plan/forecast.js";
import type { Policy } from "../../core/policy/policy.js";
import type { RuleCheck } from "../../core/plan/rule-checks.js";
import type { KeepReason } from "../../core/rules/keep-rules.js";
import { toImageId, shortId } from "../../core/image/image.js";
import { countText, durationText } from "./quantities.js";
import { holderText } from "./use-text.js";
import { removeReasonWords } from "./words.js";

/** What would change the verdict of an image, one sentence each. */
export function prospectSentences({ prospect, checks }: Explanation, policy: Policy): string[] {
  switch (prospect.kind) {
    case "goes":
      return ["It goes in the next run, unless it is used before."];
    case "deferred":
      return [
        `It goes in one of the next runs: --max-removals lets one remove ${countText(policy.maxRemovals ?? 0, "image")}.`,
      ];
    case "due":
      return [dueSentence(prospect, policy)];
    case "in-line":
      return [
        `It goes when space is needed: number ${prospect.place} of ${countText(prospect.of, "image")} that may go.`,
      ];
    case "unlimited":
      return policy.maxVersions === null
        ? ["It stays: no limit is set."]
        : [
            `It stays until ${countText(policy.maxVersions, "other")} of its repository have been used after it.`,
          ];
    case "stays":
      return [
        ...lasting(prospect.reasons).flatMap((reason) => conditionOf(reason, checks) ?? []),
        ...afterwards(checks),
      ];
  }
}

/** Recent and within the grace time is whatever is in use, and that goes without saying. */
function lasting(reasons: readonly KeepReason[]): readonly KeepReason[] {
  if (!reasons.includes("in-use")) return reasons;
  return reasons.filter((reason) => reason !== "recent" && reason !== "grace");
}

function dueSentence(
  { inMs, reason, withChild }: Forecast,
  { quotaBytes, minFreeBytes, minFreeInodes }: Policy,
): string {
  const isForAge = reason === "age" || reason === "untagged-age";
  const isSpaceLimited = [quotaBytes, minFreeBytes, minFreeInodes].some((limit) => limit !== null);
  const earlier = isForAge && isSpaceLimited ? ", or before that when space is needed" : "";
  const due = inMs === 0 ? "at once" : `after ${durationText(inMs)} more of observed time`;
  const why = isForAge ? "" : `, ${removeReasonWords[reason]},`;
  const together = withChild === null ? "" : `, together with ${nameOf(withChild)}, which was built on it,`;
  return `It goes ${due}${why}${together} if nothing uses it${earlier}.`;
}

/** As long as this holds, the image stays; null for what is said otherwise. */
function conditionOf(reason: KeepReason, checks: readonly RuleCheck[]): string | null {
  const check = checks.find(({ rule }) => rule === reason);
  const by = check?.by ?? [];
  switch (reason) {
    case "in-use":
      return `It stays as long as ${listText(by.map(holderText))} ${by.length === 1 ? "exists" : "exist"}; its idle time starts then.`;
    case "parent-of-kept":
      return `It stays as long as ${listText(by.map(nameOf))} ${by.length === 1 ? "stays" : "stay"}, built on it.`;
    case "name-too-long":
      return "It stays until it has no such name: the engine can be asked to remove that by hand.";
    case "keep-rule":
      return `It stays as long as ${listText(by)} ${by.length === 1 ? "is a rule" : "are rules"} to keep it.`;
    case "label":
      return "It stays as long as it has the label docker-gc.keep.";
    case "newest":
      return "It stays until others of its repository have been used after it.";
    case "local":
      return "It stays until it has been seen to be pulled or pushed, or --keep-local is left out.";
    case "recent":
      return "It stays until others have been used after it.";
    case "grace":
      return `It stays for ${durationText((check?.limit ?? 0) - (check?.value ?? 0))} more in any case.`;
    case "out-of-scope":
      return "It stays as long as no --only pattern matches it.";
    case "failed-before":
      return `Its removal failed, and is tried again in ${durationText(check?.value ?? 0)} at the earliest.`;
    case "within-limits":
    case "max-removals":
      return null;
  }
}

/** What the age limit would say then. While something uses it, it is not idle. */
function afterwards(checks: readonly RuleCheck[]): string[] {
  const age = checks.find(({ rule, unit, limit }) => rule.endsWith("age") && unit === "ms" && limit !== null);
  if (age?.value == null || age.limit === null) return [];
  if (age.value >= age.limit) return [`Then it goes: it has been idle for ${durationText(age.value)}.`];
  return [`Then it goes once it has been idle for ${durationText(age.limit)}.`];
}

function listText(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

function nameOf(nameOrId: string): string {
  const id = toImageId(nameOrId);
  return id === null ? nameOrId : shortId(id);
}
