import type { BytesByRepository } from "./bytes-by-repository.js";
import type { DiskUse } from "./disk.js";
import type { Coverage } from "../uses/coverage.js";
import type { RunEntry } from "./history.js";
import type { Regret } from "./regret.js";
import type { ImageReport, RunReport } from "./run-report.js";
import type { VerdictGroup } from "./verdict-groups.js";

/** An image that goes next, as far as can be said now. */
export interface Candidate {
  readonly image: ImageReport;
  /** Observed time until then, in milliseconds; 0 for now, null where only a want of space takes it. */
  readonly dueInMs: number | null;
}

/** What an engine accounts to its images, and what of that is in none of them. In bytes. */
export interface EngineAccount {
  readonly bytes: number;
  readonly containerBytes: number;
  readonly buildCacheBytes: number;
}

/** How things stand with an engine: a dry run, and what the ledger remembers. */
export interface Status {
  readonly report: RunReport;
  readonly groups: readonly VerdictGroup[];
  /** The one that goes first is first. */
  readonly candidates: readonly Candidate[];
  /** Null where the ledger does not go back. */
  readonly coverage: Coverage | null;
  /** The last run that ended; null when there was none. */
  readonly lastRun: RunEntry | null;
  readonly regret: Regret;
  /** Worked out when it is asked for. */
  readonly bytes: () => BytesByRepository;
  /** Null where it was not asked for. */
  readonly disk: DiskUse | null;
  /** The engine's own; left out where nobody asked for it, or the engine does not tell. In bytes. */
  readonly account?: EngineAccount;
}
