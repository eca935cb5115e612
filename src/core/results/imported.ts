import type { Image } from "../image/image.js";
import type { RecordedOutcome } from "../uses/recorded-uses.js";

/** What became of one image's recorded use. Times are milliseconds, moments epoch milliseconds. */
export interface ImportedImage {
  readonly image: Image;
  readonly outcome: RecordedOutcome;
  /** As the ledger has it now. */
  readonly lastUsedAt: number;
  readonly idleMs: number;
}

export interface Imported {
  readonly mode: "run" | "dry-run";
  /** Engine time. */
  readonly finishedAt: number;
  /** Least recently used first. */
  readonly images: readonly ImportedImage[];
  /** How many of the recorded images the engine does not have. */
  readonly absent: number;
  /** Whether the ledger had seen this engine before: then only later uses are taken. */
  readonly isNewLedger: boolean;
}
