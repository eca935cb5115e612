import type { Checkpoint, EngineIdentity, EngineRecord, SteadyClock } from "../core/uses/checkpoint.js";
import type { PastObservation } from "../core/uses/coverage.js";
import type { UsesByImage } from "../core/results/chronicle.js";
import type { EngineHistory, PastRemoval, RunEntry } from "../core/results/history.js";
import type { StoredUsePast } from "../core/plan/need-order.js";
import type { RemovedShare } from "../core/results/regret.js";
import type { RemovedImage } from "../core/returns/return-news.js";
import type { ImageId } from "../core/image/image.js";
import type { Totals } from "../core/results/totals.js";
import type { UseLog } from "../core/what-if/use-log.js";

/** What the ledger remembers of the past. Throws as the ledger does. */
interface LedgerHistory {
  /** The last run of an engine that has ended; null when there is none. */
  lastRun(engine: EngineIdentity): RunEntry | null;
  /** What limits took since this moment (epoch milliseconds), and what of it came back. */
  removedSince(engine: EngineIdentity, time: number): readonly RemovedShare[];
  /** What was used when, by engine. */
  useLogs(): ReadonlyMap<string, UseLog>;
  /** When each image was used, by engine. */
  usesByImage(): ReadonlyMap<string, UsesByImage>;
  /** All runs of all engines, each engine's newest first. */
  history(): readonly EngineHistory[];
  /** All removals of an engine that took an image, the newest first. */
  removals(engine: EngineIdentity): readonly PastRemoval[];
}

/**
 * The ledger as the rest of the program sees it. Every call throws a Failure of code `ledger` when the file
 * cannot be read, written or trusted; calls that write throw one of code `ledger-full` while its disk is full, have
 * changed nothing then, and may be tried again.
 */
export interface Ledger extends LedgerHistory {
  /** What is known of an engine; an empty record for one never seen. */
  load(engine: EngineIdentity): EngineRecord;
  /**
   * Writes the whole new state of an engine and the run so far, all or nothing. Answers with how many rows were written besides those
   * of the checkpoint and the run.
   */
  save(engine: EngineIdentity, record: EngineRecord, run: RunEntry): number;
  /**
   * Notes at once which names an image is about to lose one by one, in place of those noted before; none when that is
   * over. Only for an engine that was saved before.
   */
  noteLeavingNames(engine: EngineIdentity, image: ImageId, names: readonly string[]): void;
  /** What runs that were killed have left noted, in the order of the names. */
  leavingNames(engine: EngineIdentity): ReadonlyMap<ImageId, readonly string[]>;
  /** The last observation that was saved at or before this moment, else the first one; null when there is none. */
  observationBefore(engine: EngineIdentity, time: number): PastObservation | null;
  /** How images came back into use; only where a limit has to choose is it worth reading. */
  usePast(engine: EngineIdentity): StoredUsePast;
  /** Images that were removed and have not come back. */
  removedImages(engine: EngineIdentity): ReadonlyMap<ImageId, RemovedImage>;
  /**
   * Counts a run that has ended: its exit code, and when (epoch milliseconds by this host's clock). `inPlaceOf`: the exit code
   * that the same run was counted with before.
   */
  countRun(exitCode: number, at: number, inPlaceOf: number | null): void;
  /** Counts a run whose metrics could not be written. */
  countUnwrittenMetrics(): void;
  /** What has been counted; removals count as they are saved. */
  totals(): Totals;
  /**
   * Tells what time it is as far as the clocks of all engines bear it out, of which `now` is one; epoch milliseconds, never
   * later than `now`. What is done for good by a date goes by this: one clock that is wrong for a while does no harm.
   */
  trustedTime(now: number, steady: SteadyClock): number;
  /**
   * Drops runs and removals that ended before this moment (epoch milliseconds), and with all that is known of them the engines
   * that were not seen since, but for this one.
   */
  forgetHistoryBefore(time: number, engine: EngineIdentity): void;
  close(): void;
}

/** As much of the ledger as a run needs that finds nothing to do. Throws as the ledger does. */
export interface IdleLedger extends Pick<Ledger, "observationBefore" | "close"> {
  /** Null for an engine that is not in it under this very key, or was never observed. */
  checkpoint(engine: EngineIdentity): Checkpoint | null;
  /**
   * Writes a checkpoint up to which nothing has happened, and the run that found that, and forgets history of before `historyAgeMs`
   * (milliseconds); all or nothing, and as one run after another leaves it by `save`, `trustedTime` and `forgetHistoryBefore`.
   */
  advance(engine: EngineIdentity, checkpoint: Checkpoint, run: RunEntry, age: HistoryAge): void;
}

export interface HistoryAge {
  /** How long runs and removals stay, in milliseconds. */
  readonly historyAgeMs: number;
  readonly steady: SteadyClock;
}
