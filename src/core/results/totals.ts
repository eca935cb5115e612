import type { Outcome, RemoveReason } from "../policy/removal.js";

/** What is counted over all runs of a ledger. These numbers only grow, for as long as the ledger lasts. */
export interface Totals {
  /** Runs that were to leave metrics, by exit code. */
  readonly runs: ReadonlyMap<number, number>;
  /** What became of planned removals. */
  readonly outcomes: ReadonlyMap<Outcome, number>;
  /** Images that were removed, by the limit that took them. */
  readonly removedImages: ReadonlyMap<RemoveReason, number>;
  readonly freedBytes: ReadonlyMap<RemoveReason, number>;
  /** Of them those that were there again, and the bytes that came back with them, by the limit that had taken them. */
  readonly returnedImages: ReadonlyMap<RemoveReason, number>;
  readonly returnedBytes: ReadonlyMap<RemoveReason, number>;
  /** Runs whose metrics could not be written. */
  readonly unwrittenMetrics: number;
  /** When the last run ended that came through (see exit-code.ts), epoch milliseconds; null before the first one. */
  readonly lastSuccessAt: number | null;
}
