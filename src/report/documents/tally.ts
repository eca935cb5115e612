import type { ImageReport, RunReport } from "../../core/results/run-report.js";

/**
 * Images by what became of them; `images` is the sum of all the others. In a dry run `removed` counts what the plan
 * would remove. In a run it counts what this run removed; what somebody else had removed by then is `gone`.
 */
export interface Tally {
  readonly images: number;
  readonly kept: number;
  readonly removed: number;
  readonly gone: number;
  readonly refused: number;
  readonly failed: number;
  /** Planned and left alone, also because the run ended before it came to them. */
  readonly skipped: number;
}

export function tally(report: RunReport): Tally {
  const planned = plannedRemovals(report);
  const count = (outcome: ImageReport["outcome"]) =>
    planned.filter((image) => image.outcome === outcome).length;
  const isDryRun = report.mode === "dry-run";
  return {
    images: report.images.length,
    kept: report.images.length - planned.length,
    removed: isDryRun ? planned.length : count("removed"),
    gone: isDryRun ? 0 : count("gone"),
    refused: isDryRun ? 0 : count("refused"),
    failed: isDryRun ? 0 : count("failed"),
    skipped: isDryRun ? 0 : count("skipped") + count(null),
  };
}

export function plannedRemovals(report: RunReport): ImageReport[] {
  return report.images.filter(({ verdict }) => verdict.kind === "remove");
}

export function keptImages(report: RunReport): ImageReport[] {
  return report.images.filter(({ verdict }) => verdict.kind === "keep");
}

/**
 * Bytes to put into the headline: planned ones in a dry run; in a run what the engine measured, or, where it did not
 * or others' pulls outweighed it, what the plan said of the images that this run removed.
 */
export function freedBytes(report: RunReport): number {
  const { plannedFreedBytes, measuredFreedBytes } = report.usage;
  if (report.mode === "dry-run") return plannedFreedBytes;
  if (measuredFreedBytes !== null && measuredFreedBytes >= 0) return measuredFreedBytes;
  return plannedRemovals(report)
    .filter(({ outcome }) => outcome === "removed")
    .reduce((sum, image) => sum + image.freedBytes, 0);
}
