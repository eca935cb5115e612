import type { RunReport } from "../../src/core/results/run-report.js";
import { needsOf } from "../../src/report/documents/quiet.js";
import { renderQuiet as renderNeeds } from "../../src/report/formats/quiet.js";
import { noPrefix, type LinePrefix } from "../../src/report/layout/priority.js";

/** What a run with `--quiet` says where nothing is remembered. */
export function renderQuiet(report: RunReport, prefix: LinePrefix = noPrefix): string[] {
  return renderNeeds(needsOf(report), null, prefix);
}
