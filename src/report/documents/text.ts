import type { ImageReport, RunReport } from "../../core/results/run-report.js";
import { facts } from "./facts.js";
import type { Verbosity } from "./verbosity.js";
import { headline } from "./headline.js";
import { imageTable } from "./image-tables.js";
import type { TableOptions } from "./image-tables.js";
import { blankLine, paintLine, span } from "../layout/line.js";
import type { Line } from "../layout/line.js";
import type { Palette } from "../layout/palette.js";
import { paragraph } from "../layout/paragraph.js";
import { noPrefix, type LinePrefix } from "../layout/priority.js";
import { postponed, shortfalls, unmetLimits, warnings } from "./problems.js";
import { countText } from "../wording/quantities.js";
import { keptImages, plannedRemovals, tally } from "./tally.js";
import { keepReasonWords } from "../wording/words.js";

export interface TextOptions {
  /** Columns of the terminal; undefined for a pipe: then nothing is shortened or broken. */
  readonly width: number | undefined;
  readonly color: Palette;
  readonly verbosity: Verbosity;
  /** Epoch milliseconds by the engine's clock; "3d ago" counts from here. */
  readonly now: number;
  /** What stands in front of each line; nothing by default. */
  readonly prefix?: LinePrefix;
}

/** Kept images that are listed unless all are asked for; what goes is always listed whole. */
const keptShown = 20;
const narrowest = 40;

/** The report for a person, largest facts first: one string for each line, none wider than the terminal. */
export function renderText(report: RunReport, options: TextOptions): string[] {
  const width =
    options.width !== undefined && options.width > 0 ? Math.max(options.width, narrowest) : undefined;
  const tables: TableOptions = { width, verbosity: options.verbosity, now: options.now };
  const sections = [
    headline(report, width),
    facts(report, width, options.verbosity),
    removals(report, tables),
    keeps(report, tables),
    notRemoved(report, tables),
    unmetLimits(report, width),
    warnings(report.warnings, width),
    warnings(report.gapWarning === null ? [] : [report.gapWarning], width),
  ];
  return sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : [blankLine, ...section]))
    .map((line) => (options.prefix ?? noPrefix)(line) + paintLine(line, width, options.color));
}

function removals(report: RunReport, options: TableOptions): Line[] {
  const images = plannedRemovals(report);
  if (images.length === 0) return [];
  const title =
    report.mode === "run"
      ? `Removed: ${tally(report).removed} of ${images.length} planned`
      : `Goes: ${countText(images.length, "image")}`;
  return [[span(title, "strong")], ...imageTable(images, "remove", report, options)];
}

function keeps(report: RunReport, options: TableOptions): Line[] {
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
    ...paragraph(span("Stays: ", "strong"), summary, options.width),
    ...imageTable(shown, "keep", report, options),
    ...(further === 0 ? [] : [[span(`  … and ${further} more (--verbose shows all)`, "faint")]]),
  ];
}

/** `(3 in use, 12 within limits)`, each image under its first reason. */
function reasonCounts(images: readonly ImageReport[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of images) {
    const [reason] = verdict.kind === "keep" ? verdict.reasons : [];
    if (reason === undefined) continue;
    const words = keepReasonWords[reason];
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return `(${[...counts].map(([words, count]) => `${count} ${words}`).join(", ")})`;
}

function notRemoved(report: RunReport, { width, verbosity }: TableOptions): Line[] {
  const names = verbosity === "verbose" ? "all" : "some";
  const lines = [
    ...shortfalls(report, ["failed", "refused", "skipped"], names, width),
    ...postponed(report, width),
  ];
  return lines.length === 0 ? [] : [[span("Not removed", "strong")], ...lines];
}
