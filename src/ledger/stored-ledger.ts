import type { Database } from "./sqlite/database.js";
import type { Checkpoint, EngineIdentity, EngineRecord, SteadyClock } from "../core/uses/checkpoint.js";
import type { PastObservation } from "../core/uses/coverage.js";
import {
  deleteOtherEnginesBefore,
  deleteRunsBefore,
  readObservationBefore,
  writeRun,
} from "./tables/history.js";
import type { ImageId } from "../core/image/image.js";
import type { StoredUsePast } from "../core/plan/need-order.js";
import type { RemovedShare } from "../core/results/regret.js";
import type { RemovedImage } from "../core/returns/return-news.js";
import type { Totals } from "../core/results/totals.js";
import { nextTrustedTime } from "../core/uses/trusted-time.js";
import { readLeavingNames, writeLeavingNames } from "./tables/leaving-names.js";
import { orLedgerFailure } from "./file/ledger-failure.js";
import type { EngineHistory, PastRemoval, RunEntry } from "../core/results/history.js";
import type { HistoryAge, IdleLedger, Ledger } from "./port.js";
import { readHistory, readLastRun, readRemovals } from "./tables/read-history.js";
import { deleteRemovedBefore, readRemovedImages, readRemovedSince, readUsePast } from "./tables/returns.js";
import { readCheckpoint, readRecord } from "./tables/read-record.js";
import { countRun, countUnwrittenMetrics, readTotals } from "./tables/totals.js";
import { renameKey, storedKeyOf } from "./tables/stored-key.js";
import { readTrustedTime, writeTrustedTime } from "./tables/trusted-time.js";
import { deleteUsesBefore, readUseLogs, readUsesByImage } from "./tables/use-log.js";
import { writeCheckpoint, writeRecord } from "./tables/write-record.js";
import type { UsesByImage } from "../core/results/chronicle.js";
import type { UseLog } from "../core/what-if/use-log.js";

/** Pages, a megabyte together: less is not worth writing the file anew. */
const leastRoom = 256;

/** Of the engine, with its checkpoint, and of the run. */
const rowsOfTime = 2;

/** What a file was found to hold before it was opened, by engine. */
export type JudgedRecords = ReadonlyMap<string, EngineRecord>;

/** The ledger over an open database, on the disk or in memory. */
export class StoredLedger implements Ledger, IdleLedger {
  readonly #path: string;
  readonly #database: Database;
  /** What the file holds, by engine: what the next save is compared with. */
  readonly #saved = new Map<string, EngineRecord>();
  /** Read already, and not asked for yet. */
  readonly #judged: Map<string, EngineRecord>;

  /** `judged`: what is known to be in the database as it is opened; all else is read from it. */
  constructor(path: string, database: Database, judged: JudgedRecords = new Map()) {
    this.#path = path;
    this.#database = database;
    this.#judged = new Map(judged);
  }

  load(engine: EngineIdentity): EngineRecord {
    return orLedgerFailure(this.#path, () => {
      // By its data, it may be one that was not looked for.
      const judged = engine.dataId === undefined ? this.#judged.get(engine.key) : undefined;
      const record = judged ?? readRecord(this.#database, this.#path, engine);
      this.#judged.delete(engine.key);
      this.#saved.set(engine.key, record);
      return record;
    });
  }

  save(engine: EngineIdentity, record: EngineRecord, run: RunEntry): number {
    const before = this.#saved.get(engine.key) ?? this.load(engine);
    const written = orLedgerFailure(this.#path, () => {
      const rowsBefore = this.#rowsWritten();
      this.#database
        .transaction(() => {
          renameKey(this.#database, this.#stored(engine).key, engine.key);
          writeRun(this.#database, writeRecord(this.#database, engine, before, record), run);
        })
        .immediate();
      return this.#rowsWritten() - rowsBefore;
    });
    // Only now: after a failed save the file still holds what it held before.
    this.#saved.set(engine.key, record);
    return written - rowsOfTime;
  }

  checkpoint(engine: EngineIdentity): Checkpoint | null {
    return orLedgerFailure(this.#path, () => readCheckpoint(this.#database, engine.key));
  }

  advance(engine: EngineIdentity, checkpoint: Checkpoint, run: RunEntry, age: HistoryAge): void {
    orLedgerFailure(this.#path, () =>
      this.#database
        .transaction(() => {
          const trustedTime = this.#advanceTrustedTime(run.startedAt, age.steady);
          this.#forgetHistoryBefore(trustedTime - age.historyAgeMs, engine);
          writeRun(this.#database, writeCheckpoint(this.#database, engine, checkpoint), run);
        })
        .immediate(),
    );
  }

  noteLeavingNames(engine: EngineIdentity, image: ImageId, names: readonly string[]): void {
    orLedgerFailure(this.#path, () =>
      this.#database
        .transaction(() => writeLeavingNames(this.#database, this.#stored(engine), image, names))
        .immediate(),
    );
  }

  leavingNames(engine: EngineIdentity): ReadonlyMap<ImageId, readonly string[]> {
    return orLedgerFailure(this.#path, () =>
      readLeavingNames(this.#database, this.#path, this.#stored(engine)),
    );
  }

  observationBefore(engine: EngineIdentity, time: number): PastObservation | null {
    return orLedgerFailure(this.#path, () =>
      readObservationBefore(this.#database, this.#stored(engine), time),
    );
  }

  lastRun(engine: EngineIdentity): RunEntry | null {
    return orLedgerFailure(this.#path, () => readLastRun(this.#database, this.#path, this.#stored(engine)));
  }

  history(): readonly EngineHistory[] {
    return orLedgerFailure(this.#path, () => readHistory(this.#database, this.#path));
  }

  removals(engine: EngineIdentity): readonly PastRemoval[] {
    return orLedgerFailure(this.#path, () => readRemovals(this.#database, this.#path, this.#stored(engine)));
  }

  removedSince(engine: EngineIdentity, time: number): readonly RemovedShare[] {
    return orLedgerFailure(this.#path, () =>
      readRemovedSince(this.#database, this.#path, this.#stored(engine), time),
    );
  }

  useLogs(): ReadonlyMap<string, UseLog> {
    return orLedgerFailure(this.#path, () => readUseLogs(this.#database, this.#path));
  }

  usesByImage(): ReadonlyMap<string, UsesByImage> {
    return orLedgerFailure(this.#path, () => readUsesByImage(this.#database, this.#path));
  }

  usePast(engine: EngineIdentity): StoredUsePast {
    return orLedgerFailure(this.#path, () => readUsePast(this.#database, this.#path, this.#stored(engine)));
  }

  removedImages(engine: EngineIdentity): ReadonlyMap<ImageId, RemovedImage> {
    return orLedgerFailure(this.#path, () =>
      readRemovedImages(this.#database, this.#path, this.#stored(engine)),
    );
  }

  countRun(exitCode: number, at: number, inPlaceOf: number | null): void {
    orLedgerFailure(this.#path, () =>
      this.#database.transaction(() => countRun(this.#database, exitCode, at, inPlaceOf)).immediate(),
    );
  }

  countUnwrittenMetrics(): void {
    orLedgerFailure(this.#path, () => countUnwrittenMetrics(this.#database));
  }

  totals(): Totals {
    return orLedgerFailure(this.#path, () => readTotals(this.#database));
  }

  trustedTime(now: number, steady: SteadyClock): number {
    return orLedgerFailure(this.#path, () => this.#advanceTrustedTime(now, steady));
  }

  forgetHistoryBefore(time: number, engine: EngineIdentity): void {
    orLedgerFailure(this.#path, () =>
      this.#database
        .transaction(() => {
          this.#forgetHistoryBefore(time, engine);
        })
        .immediate(),
    );
  }

  /** Everything saved is safe before; what fails here only leaves the log for the next run to tidy up. */
  close(): void {
    if (!this.#database.open) {
      return;
    }
    try {
      this.#giveRoomBack();
      this.#database.pragma("wal_checkpoint(TRUNCATE)");
    } catch {
      // A full disk, for instance.
    }
    this.#database.close();
  }

  #advanceTrustedTime(now: number, steady: SteadyClock): number {
    const trusted = nextTrustedTime(readTrustedTime(this.#database), now, steady);
    writeTrustedTime(this.#database, trusted);
    return Math.min(trusted.at, now);
  }

  /** Inside a transaction. */
  #forgetHistoryBefore(time: number, engine: EngineIdentity): void {
    deleteRunsBefore(this.#database, time);
    deleteRemovedBefore(this.#database, time);
    deleteUsesBefore(this.#database, time);
    deleteOtherEnginesBefore(this.#database, time, engine);
  }

  /** Since the file was opened. */
  #rowsWritten(): number {
    return this.#database.prepare<[], { rows: number }>("SELECT total_changes() AS rows").get()?.rows ?? 0;
  }

  /** As the file has it, which is another one until what a switched store is known by has been saved. */
  #stored(engine: EngineIdentity): EngineIdentity {
    return { key: storedKeyOf(this.#database, engine) };
  }

  /** Every run reads the whole file. It keeps its size when rows go, and may be mostly room after many images went. */
  #giveRoomBack(): void {
    const [pages, free] = ["page_count", "freelist_count"].map((name) =>
      Number(this.#database.pragma(name, { simple: true })),
    );
    if (pages === undefined || free === undefined || free < leastRoom || 2 * free < pages) return;
    // Its other copy would be a file somewhere else, where a service may not be allowed to write.
    this.#database.pragma("temp_store = MEMORY");
    this.#database.exec("VACUUM");
  }
}
