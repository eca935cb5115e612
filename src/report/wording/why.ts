import type { ImagePattern } from "../../core/policy/patterns.js";
import type { Policy } from "../../core/policy/policy.js";
import type { ImageReport } from "../../core/results/run-report.js";
import { scopeOf } from "../../core/policy/scope.js";
import type { KeepReason } from "../../core/rules/keep-rules.js";
import type { RemoveReason } from "../../core/policy/removal.js";
import { expectedCell } from "./expected-text.js";
import { countText, durationText, momentText } from "./quantities.js";
import { keepReasonWords, removeReasonWords } from "./words.js";

/**
 * The reasons of one verdict with their particulars: `idle ≥ 7d`, `keep rule redis:*, within grace (1h)`. Who uses an
 * image says it all: that it is also recent goes without saying.
 */
export function whyText(image: ImageReport, policy: Policy): string {
  const { verdict } = image;
  if (verdict.kind === "remove")
    return verdict.reasons.map((reason) => whyRemoved(reason, image, policy)).join(", ");
  const reasons = verdict.reasons.includes("in-use") ? (["in-use"] as const) : verdict.reasons;
  return reasons.map((reason) => whyKept(reason, image, policy)).join(", ");
}

/** The keep patterns that match an image, in the order they were given. */
export function matchingPatterns(image: ImageReport, policy: Policy): ImagePattern[] {
  return policy.keep.patterns.filter((pattern) => pattern.matches(image.image));
}

/** The names that spare an image, although `--only` matches another of its names. */
export function alsoNamed({ image, verdict }: ImageReport, { only }: Policy): readonly string[] {
  if (only === null || verdict.kind === "remove" || !verdict.reasons.includes("out-of-scope")) return [];
  const scope = scopeOf(only, image);
  return scope.kind === "inside" ? [] : scope.alsoNamed;
}

function whyKept(reason: KeepReason, image: ImageReport, policy: Policy): string {
  const words = keepReasonWords[reason];
  switch (reason) {
    case "in-use":
      return image.inUseBy.length === 0 ? words : `${words} by ${usersText(image.inUseBy)}`;
    case "keep-rule": {
      const [pattern] = matchingPatterns(image, policy);
      return pattern === undefined ? words : `keep rule ${pattern.text}`;
    }
    case "newest":
      return policy.keepNewest === 1 ? words : `one of the ${policy.keepNewest} ${words}`;
    case "recent":
      return policy.keepRecent === 1 ? words : `one of the ${policy.keepRecent} ${words}`;
    case "grace":
      return `${words} (${durationText(policy.graceMs)})`;
    case "failed-before":
      return image.retryAt === null ? words : `${words}, tried again at ${momentText(image.retryAt)}`;
    case "out-of-scope": {
      const [name, ...further] = alsoNamed(image, policy);
      if (name === undefined) return words;
      return `${words} (also named ${name}${further.length === 0 ? "" : ` +${further.length}`})`;
    }
    case "within-limits":
    case "max-removals":
      return withExpected(words, image);
    case "name-too-long":
    case "label":
    case "local":
    case "parent-of-kept":
      return words;
  }
}

function whyRemoved(reason: RemoveReason, image: ImageReport, policy: Policy): string {
  const words = removeReasonWords[reason];
  switch (reason) {
    case "age":
      return policy.maxAgeMs === null ? words : `idle ≥ ${durationText(policy.maxAgeMs)}`;
    case "untagged-age":
      return policy.untaggedAgeMs === null ? words : `no tag, idle ≥ ${durationText(policy.untaggedAgeMs)}`;
    case "versions":
      return policy.maxVersions === null ? words : `beyond ${countText(policy.maxVersions, "version")}`;
    case "quota":
    case "free":
    case "min-free":
    case "min-free-inodes":
      return withExpected(words, image);
  }
}

/** Where a limit chose by it. */
function withExpected(words: string, { expectedUse }: ImageReport): string {
  return expectedUse === null ? words : `${words}, ${expectedCell(expectedUse)}`;
}

/** `web +2`, `api (service)`: containers are what one expects, so only other kinds of use are named. */
function usersText(users: readonly string[]): string {
  const [first = "", ...others] = users;
  const name = first.replace(/^container:/, "").replace(/^(mount|service):(.*)$/, "$2 ($1)");
  return others.length === 0 ? name : `${name} +${others.length}`;
}
