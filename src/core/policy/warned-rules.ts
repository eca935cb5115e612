import type { ImagePattern } from "./image-pattern.js";

/** Rules that match nothing, and when a run last reported them; epoch milliseconds. */
export type WarnedRules = ReadonlyMap<string, number>;

/** A rule that is still not put right is worth another word after this time; and those of CI jobs do not pile up. */
const remindAfterMs = 90 * 24 * 60 * 60 * 1000;

/** Of the rules that match nothing, those that have not been reported (for long). */
export function notYetWarned(
  unmatched: readonly ImagePattern[],
  warned: WarnedRules,
  now: number,
): ImagePattern[] {
  return unmatched.filter((pattern) => !isRemembered(warned.get(keyOf(pattern)), now));
}

/**
 * What is remembered after a warning. A rule that matches (again) is forgotten, so that the next time it matches nothing
 * is news. One that is in force no more stays for a while: jobs with other rules may share the ledger.
 */
export function nextWarnedRules(
  warned: WarnedRules,
  rules: readonly ImagePattern[],
  unmatched: readonly ImagePattern[],
  now: number,
): WarnedRules {
  const missing = new Set(unmatched.map(keyOf));
  const matching = new Set(rules.map(keyOf).filter((key) => !missing.has(key)));
  const kept = [...warned].filter(([key, at]) => !matching.has(key) && isRemembered(at, now));
  const next = new Map(kept);
  for (const key of missing) if (!next.has(key)) next.set(key, now);
  return next;
}

/** When the first of them is worth another word; infinite where there is none. */
export function remindsAt(warned: WarnedRules): number {
  let soonest = Infinity;
  for (const at of warned.values()) soonest = Math.min(soonest, at + remindAfterMs);
  return soonest;
}

/** A clock that was set back does not make it silent for ever. */
function isRemembered(warnedAt: number | undefined, now: number): boolean {
  return warnedAt !== undefined && Math.abs(now - warnedAt) < remindAfterMs;
}

/** The line in a file does not count: rules above may come and go. */
function keyOf({ origin, text }: ImagePattern): string {
  return `${origin.replace(/:\d+$/, "")} ${text}`;
}
