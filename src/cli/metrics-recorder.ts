import { describeError, Failure } from "../core/text/failure.js";
import type { RunReport } from "../core/results/run-report.js";
import type { Ledger } from "../ledger/port.js";
import { beginsAsMetrics, lastSuccessIn, renderMetrics, withLockedSince } from "../report/metrics/metrics.js";
import { placeWhole, readFormer } from "./place-whole.js";
import type { CommandProcess } from "./command-process.js";

/** node_exporter runs as a user of its own. */
const readableByAll = 0o644;

/** A file of ours has some KiB. */
const mostBytes = 1024 * 1024;

/** Leaves the metrics of one run, however it ends. */
export class MetricsRecorder {
  readonly #path: string;
  readonly #process: Pick<CommandProcess, "version" | "now">;
  readonly #startedAt = performance.now();
  #openLedger: (() => Ledger) | null = null;
  #isLeft = false;
  /** The exit code that this run is counted with. */
  #counted: number | null = null;

  constructor(path: string, process: Pick<CommandProcess, "version" | "now">) {
    this.#path = path;
    this.#process = process;
  }

  /** Where the totals are kept, once that is ours to write. */
  countIn(openLedger: () => Ledger): void {
    this.#openLedger = openLedger;
  }

  /**
   * The run has ended with this exit code; `report` is null for one that failed before it had any. What comes later, as
   * while lingering, is of the same run, unless there is a report again: then that is what has become of it. A file that cannot be written changes nothing else; the answer is a sentence about
   * it, for whoever reads the report, and later metrics count it.
   */
  leave(exitCode: number, report: RunReport | null): string | null {
    return this.#isLeft && report === null ? null : this.#write(exitCode, report);
  }

  /** What was left has another exit code after all: its report could not be written. */
  correct(exitCode: number, report: RunReport): void {
    this.#write(exitCode, report);
  }

  /** Another run has held the ledger since then (epoch milliseconds), which is too long: all else stays as it was. */
  noteLocked(since: number): void {
    try {
      this.#place(withLockedSince(readFormer(this.#path, mostBytes), since));
    } catch {
      // Whoever watches misses the next run's metrics anyway.
    }
  }

  #write(exitCode: number, report: RunReport | null): string | null {
    this.#isLeft = true;
    const endedAt = this.#process.now();
    const durationMs = Math.round(performance.now() - this.#startedAt);
    const totals = this.#inLedger((ledger) => {
      ledger.countRun(exitCode, endedAt, this.#counted);
      this.#counted = exitCode;
      return ledger.totals();
    });
    const { version } = this.#process;
    try {
      // A run that must not have a ledger leaves the last success as it was: alerts are made from it.
      const lastSuccessAt =
        totals === null ? lastSuccessIn(readFormer(this.#path, mostBytes)) : totals.lastSuccessAt;
      const metrics = { version, endedAt, durationMs, exitCode, totals, lastSuccessAt, report };
      this.#place(renderMetrics(metrics));
      return null;
    } catch (error) {
      this.#inLedger((ledger) => ledger.countUnwrittenMetrics());
      return `The metrics file ${this.#path} cannot be written: ${describeError(error)}.`;
    }
  }

  /** Whole, beside a draft whose name the collector passes over (it reads `*.prom`). */
  #place(text: string): void {
    const placing = { what: "metrics file", isOurs: beginsAsMetrics, mostBytes, mode: readableByAll };
    placeWhole(this.#path, text, placing);
  }

  /** Null where the ledger cannot be used. */
  #inLedger<T>(action: (ledger: Ledger) => T): T | null {
    try {
      const ledger = this.#openLedger?.();
      return ledger === undefined ? null : action(ledger);
    } catch (error) {
      if (error instanceof Failure) return null;
      throw error;
    }
  }
}
