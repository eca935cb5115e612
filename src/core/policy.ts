import type { KeepRules } from "./keep-rules.js";
import type { Limits, ResolvedLimits } from "./limits.js";

/** What may go, as a value. Sizes are bytes, times milliseconds; null switches a limit off. Shares are resolved: see limits.ts. */
export interface Policy {
  readonly maxAgeMs: number | null;
  readonly quotaBytes: number | null;
  /** What to go down to once over the quota; equal to the quota unless asked otherwise. */
  readonly quotaTargetBytes: number | null;
  /** What the filesystem of the engine's root should have free. */
  readonly minFreeBytes: number | null;
  readonly minFreeInodes: number | null;
  readonly graceMs: number;
  readonly keepRecent: number;
  readonly keep: KeepRules;
  /** Null: everything is in scope. */
  readonly only: KeepRules | null;
  readonly maxRemovals: number | null;
}

/** A policy before it is known what shares of the filesystem come to. */
export type AskedPolicy = Omit<Policy, keyof ResolvedLimits> & { readonly limits: Limits };
