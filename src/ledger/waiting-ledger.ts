import type { EngineIdentity, EngineRecord, SteadyClock } from "../core/uses/checkpoint.js";
import type { PastObservation } from "../core/uses/coverage.js";
import type { EngineHistory, PastRemoval, RunEntry } from "../core/results/history.js";
import type { RemovedShare } from "../core/results/regret.js";
import type { ImageId } from "../core/image/image.js";
import type { StoredUsePast } from "../core/plan/need-order.js";
import type { RemovedImage } from "../core/returns/return-news.js";
import type { Totals } from "../core/results/totals.js";
import type { Ledger } from "./port.js";

/**
 * A ledger whose disk is full. It knows what the file says; every call that writes tries to open it again, and throws a
 * Failure of code `ledger-full` as long as there is no room.
 */
export class WaitingLedger implements Ledger {
  readonly #copy: Ledger;
  readonly #open: () => Ledger;
  #file: Ledger | null = null;

  /** `copy`: the file's content in memory; `open` opens the file itself. */
  constructor(copy: Ledger, open: () => Ledger) {
    this.#copy = copy;
    this.#open = open;
  }

  load(engine: EngineIdentity): EngineRecord {
    return this.#readable.load(engine);
  }

  leavingNames(engine: EngineIdentity): ReadonlyMap<ImageId, readonly string[]> {
    return this.#readable.leavingNames(engine);
  }

  observationBefore(engine: EngineIdentity, time: number): PastObservation | null {
    return this.#readable.observationBefore(engine, time);
  }

  usePast(engine: EngineIdentity): StoredUsePast {
    return this.#readable.usePast(engine);
  }

  removedImages(engine: EngineIdentity): ReadonlyMap<ImageId, RemovedImage> {
    return this.#readable.removedImages(engine);
  }

  lastRun(engine: EngineIdentity): RunEntry | null {
    return this.#readable.lastRun(engine);
  }

  removedSince(engine: EngineIdentity, time: number): readonly RemovedShare[] {
    return this.#readable.removedSince(engine, time);
  }

  usesByImage(): ReturnType<Ledger["usesByImage"]> {
    return this.#readable.usesByImage();
  }

  useLogs(): ReturnType<Ledger["useLogs"]> {
    return this.#readable.useLogs();
  }

  history(): readonly EngineHistory[] {
    return this.#readable.history();
  }

  removals(engine: EngineIdentity): readonly PastRemoval[] {
    return this.#readable.removals(engine);
  }

  save(engine: EngineIdentity, record: EngineRecord, run: RunEntry): number {
    return this.#writable().save(engine, record, run);
  }

  noteLeavingNames(engine: EngineIdentity, image: ImageId, names: readonly string[]): void {
    this.#writable().noteLeavingNames(engine, image, names);
  }

  trustedTime(now: number, steady: SteadyClock): number {
    return this.#writable().trustedTime(now, steady);
  }

  forgetHistoryBefore(time: number, engine: EngineIdentity): void {
    this.#writable().forgetHistoryBefore(time, engine);
  }

  countRun(exitCode: number, at: number, inPlaceOf: number | null): void {
    this.#writable().countRun(exitCode, at, inPlaceOf);
  }

  countUnwrittenMetrics(): void {
    this.#writable().countUnwrittenMetrics();
  }

  totals(): Totals {
    return this.#readable.totals();
  }

  close(): void {
    this.#copy.close();
    this.#file?.close();
  }

  get #readable(): Ledger {
    return this.#file ?? this.#copy;
  }

  #writable(): Ledger {
    this.#file ??= this.#open();
    return this.#file;
  }
}
