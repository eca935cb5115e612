import { describeError, Failure } from "../core/text/failure.js";
import type { RunReport } from "../core/results/run-report.js";
import type { Ledger } from "../ledger/port.js";
import { lastSuccessIn, renderMetrics, withLockedSince } from "../report/metrics/metrics.js";
import { placeMetrics, readMetrics } from "./metrics-file.js";
import type { CommandProcess } from "./command-process.js";

/** Leaves the metrics of one run, however it ends. */
export class MetricsRecorder {
  readonly #path: string;
  readonly #process: Pick<CommandProcess, "version" | "now">;
  readonly #startedAt = performance.now();
  #openLedger: (() => Ledger) | null = null;
  #isLeft = false;
  /** The exit code that this run is counted with. */
  #counted: number | null = null;

  /** The run begins now. */
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
      placeMetrics(this.#path, withLockedSince(readMetrics(this.#path), since));
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
      const lastSuccessAt = totals === null ? lastSuccessIn(readMetrics(this.#path)) : totals.lastSuccessAt;
      const metrics = { version, endedAt, durationMs, exitCode, totals, lastSuccessAt, report };
      placeMetrics(this.#path, renderMetrics(metrics));
      return null;
    } catch (error) {
      this.#inLedger((ledger) => ledger.countUnwrittenMetrics());
      return `The metrics file ${this.#path} cannot be written: ${describeError(error)}.`;
    }
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
