import type { RunReport } from "../../core/results/run-report.js";
import { interruptionWords } from "../wording/words.js";
import { span, type Line, type Span } from "../layout/line.js";
import { paragraph, type Block } from "./document.js";
import { countText, estimateText, sizeText } from "../wording/quantities.js";
import { freedBytes, tally, type Tally } from "./tally.js";

/** What came out of it, in one sentence, and under it what cut the run short. */
export function headline(report: RunReport): Block[] {
  return [paragraph(outcome(report)), ...interruptions(report), ...stop(report)];
}

/** What ended the run before its plan was done. */
export function stop({ stoppedBy }: RunReport): Block[] {
  return stoppedBy === null ? [] : [caution(`Stopped early: ${stoppedBy.message}`)];
}

/** Likewise, who asked it to end. */
export function interruptions(report: RunReport): Block[] {
  const { skipped } = tally(report);
  const left = skipped === 0 ? "" : ` ${countText(skipped, "planned image")} left alone.`;
  return report.interruptedBy === null ? [] : [caution(`${interruptionWords[report.interruptedBy]}.${left}`)];
}

function caution(text: string): Block {
  return paragraph([span(text, "caution")]);
}

function outcome(report: RunReport): Line {
  const counts = tally(report);
  const isDryRun = report.mode === "dry-run";
  if (counts.images === counts.kept) {
    return [
      span("Nothing to remove.", "strong"),
      ...(isDryRun ? [span(" This was a dry run.", "faint")] : []),
    ];
  }
  if (isDryRun) {
    return [
      span("Would free "),
      span(estimateText(freedBytes(report), report.usage.plannedSlackBytes), "freed"),
      span(` by removing ${counts.removed} of ${countText(counts.images, "image")}.`),
      span(" Dry run: nothing was touched.", "faint"),
    ];
  }
  const freed = sizeText(freedBytes(report));
  const removed = `${counts.removed} of ${countText(counts.images, "image")} removed`;
  const first =
    counts.removed === 0
      ? [span("Nothing freed: ", "strong"), span(removed)]
      : [span("Freed "), span(freed, "freed"), span(`: ${removed}`)];
  return [...first, ...shortfalls(counts), span(".")];
}

function shortfalls(counts: Tally): Span[] {
  return [
    ...(counts.failed === 0 ? [] : [span(", "), span(`${counts.failed} failed`, "alarm")]),
    ...(counts.refused === 0 ? [] : [span(", "), span(`${counts.refused} refused`, "caution")]),
    ...(counts.skipped === 0 ? [] : [span(", "), span(`${counts.skipped} skipped`, "caution")]),
    ...(counts.gone === 0 ? [] : [span(`, ${counts.gone} already gone`)]),
  ];
}
