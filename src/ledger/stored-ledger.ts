import type { Database } from "./sqlite/database.js";
import type { EngineIdentity, EngineRecord, SteadyClock } from "../core/uses/checkpoint.js";
import { readObservationBefore, writeRun } from "./tables/history.js";
import type { ImageId } from "../core/image/image.js";
import { readLeavingNames, writeLeavingNames } from "./tables/leaving-names.js";
import { orLedgerFailure } from "./file/ledger-failure.js";
import type { RunEntry } from "../core/results/history.js";
import type { Ledger } from "./port.js";
import { readHistory, readLastRun, readRemovals } from "./tables/read-history.js";
import { readRemovedImages, readRemovedSince, readUsePast } from "./tables/returns.js";
import { readRecord, writeRecord } from "./tables/record.js";
import { countRun, countUnwrittenMetrics, readTotals } from "./tables/totals.js";
import { renameKey, storedKeyOf } from "./tables/stored-key.js";
import { advanceTrustedTime } from "./tables/trusted-time.js";
import { readUseLogs, readUsesByImage } from "./tables/use-log.js";
import { forgetBefore } from "./tables/forget-before.js";

/** Pages, a megabyte together: less is not worth writing the file anew. */
const leastRoom = 256;

/** Of the engine, with its checkpoint, and of the run. */
const rowsOfTime = 2;

/** What a file was found to hold before it was opened, by engine. */
export type JudgedRecords = ReadonlyMap<string, EngineRecord>;

export interface OpenedDatabase {
  readonly database: Database;
  /** What is known to be in it as it is opened; all else is read from it. */
  readonly records: JudgedRecords;
}

/** The ledger over an open database, on the disk or in memory. */
export class StoredLedger implements Ledger {
  readonly #path: string;
  #database: Database;
  /** Opens the file itself; null where that is done. */
  #openFile: (() => OpenedDatabase) | null;
  /** What the file holds, by engine: what the next save is compared with. */
  readonly #saved = new Map<string, EngineRecord>();
  /** Read already, and not asked for yet. */
  #judged: Map<string, EngineRecord>;

  /**
   * `openFile`: for a file whose disk is full. The database is a copy of it then, and every call that writes tries to open the file
   * itself, which throws a Failure of code `ledger-full` as long as there is no room.
   */
  constructor(path: string, opened: OpenedDatabase, openFile: (() => OpenedDatabase) | null = null) {
    this.#path = path;
    this.#database = opened.database;
    this.#judged = new Map(opened.records);
    this.#openFile = openFile;
  }

  load(engine: EngineIdentity): EngineRecord {
    return this.#read((database, path) => {
      // By its data, it may be one that was not looked for.
      const judged = engine.dataId === undefined ? this.#judged.get(engine.key) : undefined;
      const record = judged ?? readRecord(database, path, engine);
      this.#judged.delete(engine.key);
      this.#saved.set(engine.key, record);
      return record;
    });
  }

  save(engine: EngineIdentity, record: EngineRecord, run: RunEntry): number {
    const written = this.#write((database) => {
      const before = this.#saved.get(engine.key) ?? this.load(engine);
      const rowsBefore = rowsWritten(database);
      renameKey(database, storedKeyOf(database, engine), engine.key);
      writeRun(database, writeRecord(database, engine, before, record), run);
      return rowsWritten(database) - rowsBefore;
    });
    // Only now: after a failed save the file still holds what it held before.
    this.#saved.set(engine.key, record);
    return written - rowsOfTime;
  }

  noteLeavingNames(engine: EngineIdentity, image: ImageId, names: readonly string[]): void {
    this.#write((database) =>
      writeLeavingNames(database, { key: storedKeyOf(database, engine) }, image, names),
    );
  }

  leavingNames(engine: EngineIdentity) {
    return this.#readOf(engine, readLeavingNames);
  }

  observationBefore(engine: EngineIdentity, time: number) {
    return this.#readOf(engine, (database, _, stored) => readObservationBefore(database, stored, time));
  }

  lastRun(engine: EngineIdentity) {
    return this.#readOf(engine, readLastRun);
  }

  history() {
    return this.#read(readHistory);
  }

  removals(engine: EngineIdentity) {
    return this.#readOf(engine, readRemovals);
  }

  removedSince(engine: EngineIdentity, time: number) {
    return this.#readOf(engine, (database, path, stored) => readRemovedSince(database, path, stored, time));
  }

  useLogs() {
    return this.#read(readUseLogs);
  }

  usesByImage() {
    return this.#read(readUsesByImage);
  }

  usePast(engine: EngineIdentity) {
    return this.#readOf(engine, readUsePast);
  }

  removedImages(engine: EngineIdentity) {
    return this.#readOf(engine, readRemovedImages);
  }

  countRun(exitCode: number, at: number, inPlaceOf: number | null): void {
    this.#write((database) => countRun(database, exitCode, at, inPlaceOf));
  }

  countUnwrittenMetrics(): void {
    this.#write(countUnwrittenMetrics);
  }

  totals() {
    return this.#read(readTotals);
  }

  trustedTime(now: number, steady: SteadyClock): number {
    return this.#write((database) => advanceTrustedTime(database, now, steady));
  }

  forgetHistoryBefore(time: number, engine: EngineIdentity): void {
    this.#write((database) => forgetBefore(database, time, engine));
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

  #read<Found>(read: (database: Database, path: string) => Found): Found {
    return orLedgerFailure(this.#path, () => read(this.#database, this.#path));
  }

  /** By the key that the file has, which is another one until what a switched store is known by has been saved. */
  #readOf<Found>(
    engine: EngineIdentity,
    read: (database: Database, path: string, stored: EngineIdentity) => Found,
  ): Found {
    return this.#read((database, path) => read(database, path, { key: storedKeyOf(database, engine) }));
  }

  /** All or nothing. */
  #write<Written>(write: (database: Database) => Written): Written {
    return orLedgerFailure(this.#path, () => {
      const database = this.#writable();
      return database.transaction(() => write(database)).immediate();
    });
  }

  #writable(): Database {
    if (this.#openFile === null) return this.#database;
    const { database, records } = this.#openFile();
    this.#database.close();
    this.#saved.clear();
    this.#judged = new Map(records);
    this.#openFile = null;
    return (this.#database = database);
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

/** Since the file was opened. */
function rowsWritten(database: Database): number {
  return database.prepare<[], { rows: number }>("SELECT total_changes() AS rows").get()?.rows ?? 0;
}
