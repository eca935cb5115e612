import type { KeepRules } from "./keep-rules.js";

/** What may go, as a value. Sizes are bytes, times milliseconds; null switches a limit off. */
export interface Policy {
  readonly maxAgeMs: number | null;
  readonly quotaBytes: number | null;
  /** What to go down to once over the quota; equal to the quota unless asked otherwise. */
  readonly quotaTargetBytes: number | null;
  readonly graceMs: number;
  readonly keepRecent: number;
  readonly keep: KeepRules;
  /** Null: everything is in scope. */
  readonly only: KeepRules | null;
  readonly maxRemovals: number | null;
}
