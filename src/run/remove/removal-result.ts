import type { Listing } from "../../core/image/listing.js";
import type { PlannedImage } from "../../core/plan/planned-image.js";
import type { Obstacle, Outcome } from "../../core/policy/removal.js";
import type { FailureCode } from "../../core/text/failure.js";
import type { EngineRecord } from "../../core/uses/checkpoint.js";
import type { Observation } from "../../core/uses/observation.js";

export interface RemovalResult {
  readonly outcome: Outcome;
  /** One sentence; null when there is nothing to add. */
  readonly detail: string | null;
  /** Null where it is gone. */
  readonly obstacle: Obstacle | null;
}

export const gone: RemovalResult = { outcome: "gone", detail: null, obstacle: null };

export interface FinishedRemoval extends RemovalResult {
  readonly planned: PlannedImage;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Removals {
  readonly finished: readonly FinishedRemoval[];
  /** What made an end of it before all were done. */
  readonly stoppedBy: { readonly code: FailureCode; readonly message: string } | null;
}

/** What became of a plan, and what was observed meanwhile. */
export interface Execution extends Removals {
  readonly record: EngineRecord;
  /** The newest one. */
  readonly listing: Listing;
  readonly observation: Observation;
}
