import type { ImageReport, RunReport } from "../../core/results/run-report.js";
import { heading, note, paragraph, type Block, type Document } from "./document.js";
import { runFacts } from "./facts.js";
import { headline } from "./headline.js";
import { imageTable, type ImageOptions } from "./image-tables.js";
import { span } from "../layout/line.js";
import { postponed, shortfalls, unmetLimits, warnings } from "./problems.js";
import { countText } from "../wording/quantities.js";
import { keptImages, plannedRemovals, tally } from "./tally.js";
import { keepWords } from "../wording/keep-words.js";

/** Kept images that are listed unless all are asked for; what goes is always listed whole. */
const keptShown = 20;

/** The report of a run, largest facts first. */
export function runDocument(report: RunReport, options: ImageOptions): Document {
  return {
    title: "docker-gc",
    sections: [
      headline(report),
      [runFacts(report, options.verbosity)],
      removals(report, options),
      keeps(report, options),
      notRemoved(report, options),
      unmetLimits(report),
      warnings(...report.warnings),
      warnings(report.gapWarning),
    ],
  };
}

function removals(report: RunReport, options: ImageOptions): Block[] {
  const images = plannedRemovals(report);
  if (images.length === 0) return [];
  const title =
    report.mode === "run"
      ? `Removed: ${tally(report).removed} of ${images.length} planned`
      : `Goes: ${countText(images.length, "image")}`;
  return [heading(title), imageTable(images, "remove", report, options)];
}

function keeps(report: RunReport, options: ImageOptions): Block[] {
  const images = keptImages(report);
  const isVerbose = options.verbosity === "verbose";
  // A run from cron that finds nothing to do says so in a handful of lines.
  const isIdleRun = report.mode === "run" && images.length === report.images.length;
  if (images.length === 0 || (isIdleRun && !isVerbose)) return [];
  const shown = isVerbose ? images : images.slice(0, keptShown);
  const further = images.length - shown.length;
  const summary = [
    span(countText(images.length, "image"), "strong"),
    span(` ${reasonCounts(images)}`, "faint"),
  ];
  return [
    paragraph(summary, span("Stays: ", "strong")),
    imageTable(shown, "keep", report, options),
    ...(further === 0 ? [] : [note(`… and ${further} more (--verbose shows all)`)]),
  ];
}

/** `(3 in use, 12 within limits)`, each image under its first reason. */
function reasonCounts(images: readonly ImageReport[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of images) {
    const [reason] = verdict.kind === "keep" ? verdict.reasons : [];
    if (reason === undefined) continue;
    const words = keepWords[reason].short;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return `(${[...counts].map(([words, count]) => `${count} ${words}`).join(", ")})`;
}

function notRemoved(report: RunReport, { verbosity }: ImageOptions): Block[] {
  const names = verbosity === "verbose" ? "all" : "some";
  const all = [...shortfalls(report, ["failed", "refused", "skipped"], names), ...postponed(report)];
  return all.length === 0 ? [] : [heading("Not removed"), ...all];
}
