import type { EngineIdentity } from "../uses/checkpoint.js";
import type { ImageId } from "../image/image.js";
import type { Observation } from "../uses/observation.js";
import type { Outcome, RemoveReason } from "../policy/removal.js";

export interface RemovalEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly imageId: ImageId;
  readonly names: readonly string[];
  readonly freedBytes: number;
  readonly reasons: readonly RemoveReason[];
  readonly outcome: Outcome;
  readonly detail: string | null;
  /** When the image was there again, epoch milliseconds, and what it brought back; null as long as it was not. */
  readonly returned: { readonly at: number; readonly bytes: number } | null;
}

/** A removal as one looks back on it. */
export interface PastRemoval extends RemovalEntry {
  /** Epoch milliseconds; null where that is not known any more. */
  readonly lastUsedAt: number | null;
  /** In how much observed time its next use was expected, in milliseconds; null where last use decided, or none was expected. */
  readonly expectedMs: number | null;
}

/** Bytes of all images, and what they are measured by; null where that was not asked for. */
export interface RunSpace {
  readonly imageBytes: number;
  readonly quotaBytes: number | null;
}

/** One run, for the history. Saved as it goes: `startedAt` tells runs of one engine apart. */
export interface RunEntry {
  readonly startedAt: number;
  /** Null until the run has ended. */
  readonly finishedAt: number | null;
  readonly exitCode: number | null;
  readonly observation: Observation;
  /** How much there was at its end; left out until then, and where it was not written down. */
  readonly space?: RunSpace;
  /** All removals of the run so far. */
  readonly removals: readonly RemovalEntry[];
}

/** What the ledger remembers of one engine's past, newest first. */
export interface EngineHistory {
  readonly engine: EngineIdentity;
  readonly runs: readonly RunEntry[];
}
