import { exitCodes } from "../../core/results/exit-code.js";
import type { RunReport } from "../../core/results/run-report.js";
import type { Totals } from "../../core/results/totals.js";
import { counter, gauge, metricText, type MetricFamily, type MetricSample } from "./metric-text.js";
import { reportMetrics } from "./report-metrics.js";
import { outcomes, removeReasons } from "../../core/policy/removal.js";

/** What a run leaves for monitoring. Moments are epoch milliseconds by this host's clock. */
export interface FinishedRun {
  /** Of this program. */
  readonly version: string;
  readonly endedAt: number;
  readonly durationMs: number;
  readonly exitCode: number;
  /** Null where the ledger cannot be used. */
  readonly totals: Totals | null;
  /** Null where there was none. */
  readonly lastSuccessAt: number | null;
  /** Null for a run that failed before it had one. */
  readonly report: RunReport | null;
}

const lastSuccessName = "docker_gc_last_success_timestamp_seconds";
const lockedSinceName = "docker_gc_ledger_locked_since_timestamp_seconds";

/** The metrics of a run for node_exporter's textfile collector. No label names an image: there would be no end of them. */
export function renderMetrics(run: FinishedRun): string {
  const { report, totals } = run;
  return metricText([
    ...runMetrics(run),
    ...(totals === null ? [] : totalMetrics(totals)),
    ...(report === null ? [] : reportMetrics(report)),
  ]);
}

function runMetrics(run: FinishedRun): MetricFamily[] {
  const { version, endedAt, durationMs, exitCode, lastSuccessAt } = run;
  return [
    gauge("docker_gc_build_info", "The version of docker-gc; always 1.", [{ labels: { version }, value: 1 }]),
    gauge("docker_gc_last_run_timestamp_seconds", "When the last run ended.", endedAt / 1000),
    gauge(
      lastSuccessName,
      "When the last run ended that came through (exit code 0, 3, 6 or 74); 0 when none did.",
      (lastSuccessAt ?? 0) / 1000,
    ),
    gauge(
      "docker_gc_last_run_duration_seconds",
      "How long the last run took, without --linger.",
      durationMs / 1000,
    ),
    gauge("docker_gc_last_run_exit_code", "The exit code of the last run.", exitCode),
    lockedSince(0),
  ];
}

function lockedSince(seconds: number): MetricFamily {
  const help =
    "Since when another run holds the ledger that has held it for an hour or more; 0 when none does.";
  return gauge(lockedSinceName, help, seconds);
}

/** The metrics of an earlier run, with the moment since when the ledger has been locked; epoch milliseconds. */
export function withLockedSince(text: string, since: number): string {
  const others = text.split("\n").filter((line) => line !== "" && !line.includes(lockedSinceName));
  return others.map((line) => `${line}\n`).join("") + metricText([lockedSince(since / 1000)]);
}

/** Every label that there can be is there from the beginning, so that the first increase is seen as one. */
function totalMetrics(totals: Totals): MetricFamily[] {
  const byReason = (counts: Totals["freedBytes"]) => samplesOf("reason", removeReasons, counts);
  return [
    counter(
      "docker_gc_runs_total",
      "Runs by exit code, except those that found the ledger locked.",
      samplesOf("exit_code", countedExitCodes, totals.runs),
    ),
    counter(
      "docker_gc_metrics_write_failures_total",
      "Runs whose metrics could not be written.",
      totals.unwrittenMetrics,
    ),
    counter(
      "docker_gc_removals_total",
      "Planned removals of images by what became of them.",
      samplesOf("outcome", outcomes, totals.outcomes),
    ),
    counter(
      "docker_gc_image_garbage_collected_total",
      "Images removed, by the limit that took them.",
      byReason(totals.removedImages),
    ),
    counter(
      "docker_gc_freed_bytes_total",
      "Bytes of the layers that went with removed images, by the limit that took them.",
      byReason(totals.freedBytes),
    ),
    counter(
      "docker_gc_returned_images_total",
      "Removed images that were pulled, loaded or built again, by the limit that had taken them.",
      byReason(totals.returnedImages),
    ),
    counter(
      "docker_gc_returned_bytes_total",
      "Bytes that came back with removed images, by the limit that had taken them.",
      byReason(totals.returnedBytes),
    ),
  ];
}

/** A run that is locked out counts nothing: the counts are in the ledger. */
const countedExitCodes = Object.keys(exitCodes)
  .map(Number)
  .filter((code) => code !== 75);

function samplesOf<Key extends string | number>(
  label: string,
  keys: readonly Key[],
  counts: ReadonlyMap<Key, number>,
): MetricSample[] {
  return keys.map((key) => ({ labels: { [label]: String(key) }, value: counts.get(key) ?? 0 }));
}

/** Whether a text begins as all metrics of ours do. */
export function beginsAsMetrics(text: string): boolean {
  return text.startsWith("# HELP docker_gc_");
}

/** The moment of the last success in metrics that were written before, epoch milliseconds; null where they do not have it. */
export function lastSuccessIn(text: string): number | null {
  const value = new RegExp(`^${lastSuccessName} ([0-9.e+]+)$`, "m").exec(text)?.[1];
  const seconds = Number(value);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}
