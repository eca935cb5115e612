import { describeError, Failure } from "../core/failure.js";
import type { RunReport } from "../core/run-report.js";
import type { Totals } from "../core/totals.js";
import type { Ledger } from "../ledger/port.js";
import { lastSuccessIn, renderMetrics } from "../report/metrics.js";
import { sanitize } from "../report/sanitize.js";
import { placeMetrics, readMetrics } from "./metrics-file.js";
import type { Surroundings } from "./surroundings.js";

/** Leaves the metrics of one run, however it ends. */
export class RunMetrics {
  readonly #path: string;
  readonly #surroundings: Pick<Surroundings, "version" | "stderr" | "now">;
  readonly #startedAt = performance.now();
  #openLedger: (() => Ledger) | null = null;
  #isLeft = false;

  /** The run begins now. */
  constructor(path: string, surroundings: Pick<Surroundings, "version" | "stderr" | "now">) {
    this.#path = path;
    this.#surroundings = surroundings;
  }

  /** Where the totals are kept, once that is ours to write. */
  countIn(openLedger: () => Ledger): void {
    this.#openLedger = openLedger;
  }

  /**
   * The run has ended with this exit code; `report` is null for one that failed before it had any. What comes later, as
   * while lingering, is of the same run. A file that cannot be written is told of, and changes nothing else.
   */
  leave(exitCode: number, report: RunReport | null): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    const endedAt = this.#surroundings.now();
    const durationMs = Math.round(performance.now() - this.#startedAt);
    const totals = this.#count(exitCode, endedAt);
    const { version, stderr } = this.#surroundings;
    try {
      // A run that must not have a ledger leaves the last success as it was: alerts are made from it.
      const lastSuccessAt = totals === null ? lastSuccessIn(readMetrics(this.#path)) : totals.lastSuccessAt;
      const metrics = { version, endedAt, durationMs, exitCode, totals, lastSuccessAt, report };
      placeMetrics(this.#path, renderMetrics(metrics));
    } catch (error) {
      const problem = `The metrics file ${this.#path} cannot be written: ${describeError(error)}.`;
      stderr.write(`docker-gc: ${sanitize(problem)}\n`);
    }
  }

  /** Null where the ledger cannot be used. */
  #count(exitCode: number, endedAt: number): Totals | null {
    try {
      const ledger = this.#openLedger?.();
      ledger?.countRun(exitCode, endedAt);
      return ledger?.totals() ?? null;
    } catch (error) {
      if (error instanceof Failure) return null;
      throw error;
    }
  }
}
