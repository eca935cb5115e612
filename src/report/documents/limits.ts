import type { Policy } from "../../core/policy/policy.js";
import type { RunReport } from "../../core/results/run-report.js";
import { limits } from "../../core/rules/limits.js";
import { fact, gaugeOf, type Fact } from "./document.js";
import { keepWords } from "../wording/keep-words.js";
import { countText, durationText, sizeText } from "../wording/quantities.js";
import { longestIdleMs } from "./longest-idle.js";
import { tally } from "./tally.js";

/** What the images take of the quota. */
export function quotaFact(report: RunReport, quotaBytes: number): Fact | null {
  const { quotaTargetBytes } = report.policy;
  const used = usedBytes(report);
  const target =
    quotaTargetBytes === null || quotaTargetBytes === quotaBytes
      ? ""
      : `, target ${sizeText(quotaTargetBytes)}`;
  const text = `${sizeText(used)} of ${sizeText(quotaBytes)}${change(report)}${target}`;
  return fact("quota", text, gaugeOf(used / quotaBytes));
}

/** What the images take where there is no quota to compare it with. */
export function usageFact(report: RunReport): Fact | null {
  const { images, removed, gone } = tally(report);
  const present = report.mode === "dry-run" ? images : images - removed - gone;
  const used = sizeText(usedBytes(report));
  return fact("images", `${used} in ${countText(present, "image")}${change(report)}; no quota`);
}

/** After a run as it is now, in a dry run as it was found. */
function usedBytes({ usage }: RunReport): number {
  return usage.afterBytes ?? usage.beforeBytes;
}

/** What a run changed, or a dry run would. */
function change({ mode, usage }: RunReport): string {
  const { beforeBytes, plannedFreedBytes, afterBytes } = usage;
  if (mode === "dry-run") {
    return plannedFreedBytes > 0 ? `, would be ${sizeText(beforeBytes - plannedFreedBytes)}` : "";
  }
  if (afterBytes === null) return " before the removals";
  return afterBytes === beforeBytes ? "" : `, ${sizeText(beforeBytes)} before`;
}

/** The age limit, and how close the longest idle image that stays for no other reason has come to it. */
export function ageFact(report: RunReport): string {
  const { maxAgeMs, untaggedAgeMs } = report.policy;
  const ofUntagged = untaggedAgeMs === maxAgeMs ? "" : `, untagged ones ${untaggedText(untaggedAgeMs)}`;
  if (maxAgeMs === null) {
    if (untaggedAgeMs !== null) return `no limit${ofUntagged}`;
    const isOther = limits.some(({ isSet }) => isSet(report.policy));
    return isOther ? "no limit" : "no limit is set, so nothing can go";
  }
  const idle = longestIdleMs(report.images);
  const closest = idle === null ? "" : `; longest idle among the rest ${durationText(idle)}`;
  return `images idle for ${durationText(maxAgeMs)} go${ofUntagged}${closest}`;
}

function untaggedText(untaggedAgeMs: number | null): string {
  return untaggedAgeMs === null ? "never" : `after ${durationText(untaggedAgeMs)}`;
}

/** What keeps images whatever the limits say. */
export function rulesFact(policy: Policy): string {
  const { maxVersions, maxRemovedShare } = policy;
  const rules = [
    maxVersions === null ? null : `max-versions ${maxVersions}`,
    ...Object.values(keepWords).map(({ inForce }) => inForce?.(policy) ?? null),
    maxRemovedShare === null ? null : `max-removed-share ${maxRemovedShare}%`,
  ];
  return rules.filter((rule) => rule !== null).join("; ");
}
