import type { RunReport } from "../../src/core/results/run-report.js";
import type { ImageOptions } from "../../src/report/documents/image-tables.js";
import { runDocument } from "../../src/report/documents/run.js";
import { toText, type TextOptions } from "../../src/report/formats/text.js";

/** The report of a run as lines of text. */
export function renderRun(report: RunReport, options: TextOptions & ImageOptions): string[] {
  return toText(runDocument(report, options), options);
}
