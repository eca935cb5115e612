import type { RunReport } from "../core/run-report.js";
import { endedEarly, headline } from "./headline.js";
import { paintLine, span } from "./line.js";
import { plainPalette } from "./palette.js";
import { noPrefix, type LinePrefix } from "./priority.js";
import { shortfalls, unmetLimits, warnings } from "./problems.js";
import { tally } from "./tally.js";

/**
 * The report for a log that nobody reads: empty unless something needs a person. That is a failed removal, a limit
 * that cannot be met, a run that ended early, or a warning. A removal that the engine refused, because the image
 * came into use, and a gap need nobody.
 */
export function renderQuiet(report: RunReport, prefix: LinePrefix = noPrefix): string[] {
  const hasFailed = tally(report).failed > 0;
  const early = hasFailed ? [] : endedEarly(report).map((text) => [span(text, "caution")]);
  const lines = [
    ...(hasFailed ? headline(report, undefined) : early),
    ...shortfalls(report, ["failed"], "some", undefined),
    ...unmetLimits(report, undefined),
    ...warnings(report.warnings, undefined),
  ];
  return lines.map((line) => prefix(line) + paintLine(line, undefined, plainPalette));
}
