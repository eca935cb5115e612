import type { RunReport } from "../../core/results/run-report.js";
import { ageFact, quotaFact, rulesFact, usageFact } from "./limits.js";
import { filesystemFact, freedFact, heldFact } from "./space.js";
import { span } from "../layout/line.js";
import type { Line } from "../layout/line.js";
import { observationFact } from "./observed.js";
import { paragraph } from "../layout/paragraph.js";
import type { Verbosity } from "./verbosity.js";

const labelWidth = 12;

/** Usage against every limit, the engine, and how much of the past was seen: one labelled paragraph each. */
export function facts(report: RunReport, width: number | undefined, verbosity: Verbosity): Line[] {
  const rows: readonly (readonly [label: string, text: Line | null])[] = [
    report.policy.quotaBytes === null
      ? ["images", usageFact(report)]
      : ["quota", quotaFact(report, report.policy.quotaBytes, width)],
    ["bytes", heldFact(report, verbosity)],
    ["free", filesystemFact(report)],
    ["age", ageFact(report)],
    ["freed", freedFact(report)],
    ["order", orderFact(report, verbosity)],
    ["rules", verbosity === "verbose" ? rulesFact(report.policy) : null],
    ["engine", engineFact(report)],
    ["observed", observationFact(report.observation)],
  ];
  return rows.flatMap(([label, text]) =>
    text === null ? [] : paragraph(span(`  ${label}`.padEnd(labelWidth), "faint"), text, width),
  );
}

/** What decides is said when it changes; later only to those who ask for all. */
function orderFact({ choice }: RunReport, verbosity: Verbosity): Line | null {
  if (choice?.by !== "next-use" || (!choice.isFirst && verbosity !== "verbose")) return null;
  const rule = "what is expected to be used soonest stays, by past uses and in observed time";
  const news = choice.isFirst ? "; before this run it was what was used last (--order last-use)" : "";
  return [span(`${rule}${news}`)];
}

function engineFact({ engine }: RunReport): Line {
  return [span(`${engine.name} (${engine.version}, ${engine.store}) at ${engine.host}`)];
}
