import type { ImageReport } from "../../core/results/run-report.js";

/** Milliseconds, of those that only time keeps: within the limits, or in their grace; null where there are none. */
export function longestIdleMs(images: readonly ImageReport[]): number | null {
  return images
    .filter(isKeptByTime)
    .reduce<number | null>((longest, { idleMs }) => Math.max(longest ?? 0, idleMs), null);
}

function isKeptByTime({ verdict }: ImageReport): boolean {
  if (verdict.kind === "remove") return false;
  return verdict.reasons.includes("within-limits") || verdict.reasons.every((reason) => reason === "grace");
}
