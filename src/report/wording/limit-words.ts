import type { UnmetLimit } from "../../core/plan/unmet-limits.js";
import type { Shortfall } from "../../core/rules/limit.js";
import type { RuleCheck } from "../../core/plan/rule-checks.js";
import type { RemoveReason } from "../../core/policy/removal.js";
import { countText, durationText, sizeText } from "./quantities.js";
import { withExpected, type ReasonWords, type RuleWords } from "./rule-words.js";

/** What is said of a limit that takes images. */
export interface LimitWords extends ReasonWords, RuleWords {
  /** What to do where it takes too much. */
  readonly remedy: string;
}

/** All words of the limits. A new one does not compile until it is here. */
export const limitWords: Readonly<Record<RemoveReason, LimitWords>> = {
  "since-mark": {
    short: "made since the mark",
    rule: "--since-mark",
    because: ({ result, limit }) =>
      `${result === "removes" ? "among" : "not among"} the ${countText(limit ?? 0, "image")} that were made since the mark and that nobody else uses`,
    remedy: "name less with --only, --own-label or --iidfile",
  },
  age: {
    short: "idle too long",
    why: (_, { maxAgeMs }) => (maxAgeMs === null ? null : `idle ≥ ${durationText(maxAgeMs)}`),
    rule: "--max-age",
    because: ({ value, limit }) => `idle ${durationText(value ?? 0)} of ${durationText(limit ?? 0)}`,
    remedy: "raise --max-age",
  },
  "untagged-age": {
    short: "untagged and idle too long",
    why: (_, { untaggedAgeMs }) =>
      untaggedAgeMs === null ? null : `no tag, idle ≥ ${durationText(untaggedAgeMs)}`,
    rule: "--untagged-age",
    because: ({ value, limit }) => `no tag; idle ${durationText(value ?? 0)} of ${durationText(limit ?? 0)}`,
    remedy: "raise --untagged-age",
  },
  versions: {
    short: "beyond --max-versions",
    why: (_, { maxVersions }) =>
      maxVersions === null ? null : `beyond ${countText(maxVersions, "version")}`,
    rule: "--max-versions",
    because: ({ result, limit }) =>
      `${result === "removes" ? "beyond" : "no image beyond"} the ${String(limit)} most recently used of each of its repositories`,
    remedy: "raise --max-versions",
  },
  quota: {
    short: "over quota",
    why: withExpected,
    rule: "--quota",
    because: (check) =>
      `all images take ${sizeText(check.value ?? 0)} of ${sizeText(check.limit ?? 0)}${fitText(check)}`,
    remedy: "raise --quota",
  },
  free: {
    short: "to free so much at once",
    why: withExpected,
    rule: "--free",
    because: ({ value, limit }) => `${sizeText(value ?? 0)} come free, wanted ${sizeText(limit ?? 0)}`,
    remedy: "ask --free for less",
  },
  "min-free": {
    short: "to free space",
    why: withExpected,
    rule: "--min-free",
    because: ({ value, limit }) => `${sizeText(value ?? 0)} free, wanted ${sizeText(limit ?? 0)}`,
    remedy: "lower --min-free, or give the filesystem more room",
  },
  "min-free-inodes": {
    short: "to free inodes",
    why: withExpected,
    rule: "--min-free-inodes",
    because: ({ value, limit }) => `${String(value)} inodes free, wanted ${String(limit)}`,
    remedy: "lower --min-free-inodes, or give the filesystem more inodes",
  },
};

/** Beyond the quota, most of the most recently used stay. */
function fitText({ value, limit, result }: RuleCheck): string {
  if (value === null || limit === null || value <= limit || result === "unasked") return "";
  return result === "removes" ? "; it does not fit" : "; it still fits";
}

function shortfallText({ plannedBytes, freedBytes }: Shortfall): string {
  return (
    `The removals freed ${sizeText(freedBytes)} of about ${sizeText(plannedBytes)} planned: what images share was only ` +
    "estimated, and the next run uses the corrected sizes."
  );
}

/** A sentence for a limit that stays unmet. */
export function unmetText(unmet: UnmetLimit): string {
  switch (unmet.limit) {
    case "quota": {
      const { limitBytes, remainingBytes, shortfall } = unmet;
      const quota = `The quota of ${sizeText(limitBytes)}`;
      return shortfall === undefined
        ? `${quota} cannot be met: ${sizeText(remainingBytes)} stay.`
        : `${quota} is not met yet: ${sizeText(remainingBytes)} stay. ${shortfallText(shortfall)}`;
    }
    case "free":
      return `${sizeText(unmet.limitBytes)} cannot be freed: removals free ${sizeText(unmet.freedBytes)}.`;
    case "min-free":
      return `${sizeText(unmet.limitBytes)} of free space cannot be reached: removals bring it to ${sizeText(unmet.freeBytes)}.`;
    case "min-free-inodes":
      return `${unmet.limitInodes} free inodes cannot be reached: removals bring them to ${unmet.freeInodes}.`;
    case "max-removed-share":
      return (
        `${unmet.plannedImages} of ${countText(unmet.images, "image")} are due, more than the ${unmet.limitPercent}% that ` +
        "--max-removed-share lets one run remove: a run removes none of them without --yes."
      );
  }
}
