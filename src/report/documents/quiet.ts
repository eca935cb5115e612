import type { Condition } from "../../core/results/conditions.js";
import { isWellObserved } from "../../core/uses/coverage.js";
import { allLimitsOff } from "../../core/policy/limits.js";
import type { RunReport } from "../../core/results/run-report.js";
import { headline, interruptions, stop } from "./headline.js";
import type { Block } from "./document.js";
import { shortfalls, unmetLimits, warnings } from "./problems.js";
import { tally } from "./tally.js";

/**
 * What of a report needs a person. That is a failed removal, a limit that cannot be met, a gap, a run that ended early, or a
 * warning. A removal that the engine refused, because the image came into use, needs nobody.
 */
export interface Needs {
  /** Reported whenever it happens. */
  readonly urgent: readonly Block[];
  /** What may be so in many runs, one after the other. */
  readonly conditions: ReadonlyMap<Condition, readonly Block[]>;
  /** Of a gap, which is gone before its effect. */
  readonly isPoorlyObserved: boolean;
}

export function needsOf(report: RunReport): Needs {
  const hasFailed = tally(report).failed > 0;
  const conditions = new Map<Condition, readonly Block[]>();
  const { stoppedBy, gapWarning, observedShare } = report;
  if (stoppedBy !== null) {
    const blocks = hasFailed ? [] : stop(report);
    conditions.set(stoppedBy.code === "engine" ? "engine-down" : "ledger-unusable", blocks);
  }
  if (report.unmetLimits.length > 0) conditions.set("limit-unmet", unmetLimits(report));
  for (const text of report.warnings)
    conditions.set(text === allLimitsOff ? "limits-off" : `warning: ${text}`, warnings(text));
  if (gapWarning !== null) conditions.set("gap", warnings(gapWarning));
  return {
    urgent: [
      ...(hasFailed ? headline(report) : interruptions(report)),
      ...shortfalls(report, ["failed"], "some"),
    ],
    conditions,
    isPoorlyObserved: !isWellObserved(observedShare),
  };
}
