import type { Listing } from "../../core/image/listing.js";
import { shownNames } from "../../core/image/shown-names.js";
import type { PlannedRemoval } from "../../core/plan/planned-image.js";
import type { Obstacle, Outcome } from "../../core/policy/removal.js";
import type { RemovalEntry, RunEntry } from "../../core/results/history.js";
import type { FailureCode } from "../../core/text/failure.js";
import type { EngineRecord } from "../../core/uses/checkpoint.js";
import type { Findings } from "../../core/uses/findings.js";
import type { Observation } from "../../core/uses/observation.js";

/** How a removal ended. */
export interface RemovalResult {
  readonly outcome: Outcome;
  /** One sentence; null when there is nothing to add. */
  readonly detail: string | null;
  /** Null where it is gone. */
  readonly obstacle: Obstacle | null;
}

export const removed: RemovalResult = { outcome: "removed", detail: null, obstacle: null };
export const gone: RemovalResult = { outcome: "gone", detail: null, obstacle: null };

/** What became of a planned removal: for the report, for the next record, and as the ledger's history has it. */
export interface Removal extends RemovalEntry, RemovalResult {
  readonly planned: PlannedRemoval;
}

/** `at`: epoch milliseconds. */
export function removalOf(planned: PlannedRemoval, result: RemovalResult, at: number): Removal {
  const { facts, verdict, freedBytes } = planned;
  return {
    planned,
    at,
    imageId: facts.image.id,
    names: shownNames(facts.image),
    freedBytes: result.outcome === "removed" ? freedBytes : 0,
    reasons: [verdict.reason],
    ...result,
    returned: null,
  };
}

export interface Removals {
  readonly finished: readonly Removal[];
  /** What made an end of it before all were done. */
  readonly stoppedBy: { readonly code: FailureCode; readonly message: string } | null;
}

/** What a run has observed and done so far: what the ledger may have at any moment. */
export interface Progress {
  readonly record: EngineRecord;
  /** The newest one. */
  readonly listing: Listing;
  readonly observation: Observation;
  readonly finished: readonly Removal[];
}

/** What became of a plan, and what was observed meanwhile. */
export interface Execution extends Removals, Progress {}

/** Nothing to do, or nothing that may be done. */
export function notExecuted(record: EngineRecord, { listing, observation }: Findings): Execution {
  return { finished: [], stoppedBy: null, record, listing, observation };
}

/** For the history, of a run that has not ended yet. */
export function unfinishedEntry(startedAt: number, { observation, finished }: Progress): RunEntry {
  return { startedAt, finishedAt: null, exitCode: null, observation, removals: finished };
}
