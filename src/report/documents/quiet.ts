import type { Condition, Finding, FoundConditions, News } from "../../core/results/conditions.js";
import { allLimitsOff } from "../../core/policy/limits.js";
import type { RunReport } from "../../core/results/run-report.js";
import { endSentence, sinceSentence } from "../wording/condition-words.js";
import { endedEarly, headline, interruptions } from "./headline.js";
import { paintLine, span, type Line } from "../layout/line.js";
import { plainPalette } from "../layout/palette.js";
import { noPrefix, type LinePrefix } from "../layout/priority.js";
import { shortfalls, unmetLimits, warnings } from "./problems.js";
import { tally } from "./tally.js";

/** Less than this of the last day, and a gap is still felt. */
const wellObserved = 0.99;

/**
 * What of a report needs a person. That is a failed removal, a limit that cannot be met, a gap, a run that ended early, or a
 * warning. A removal that the engine refused, because the image came into use, needs nobody.
 */
export interface Needs {
  /** Told whenever it happens. */
  readonly urgent: readonly Line[];
  /** What may be so in many runs, one after the other. */
  readonly conditions: ReadonlyMap<Condition, readonly Line[]>;
  /** Of a gap, which is gone before its effect. */
  readonly isPoorlyObserved: boolean;
}

export function needsOf(report: RunReport): Needs {
  const hasFailed = tally(report).failed > 0;
  const conditions = new Map<Condition, readonly Line[]>();
  const { stoppedBy, gapWarning, observedShare } = report;
  if (stoppedBy !== null) {
    const lines = hasFailed ? [] : endedEarly({ ...report, interruptedBy: null }).map(caution);
    conditions.set(stoppedBy.code === "engine" ? "engine-down" : "ledger-unusable", lines);
  }
  if (report.unmetLimits.length > 0) conditions.set("limit-unmet", unmetLimits(report, undefined));
  for (const text of report.warnings)
    conditions.set(text === allLimitsOff ? "limits-off" : `warning: ${text}`, warnings([text], undefined));
  if (gapWarning !== null) conditions.set("gap", warnings([gapWarning], undefined));
  return {
    urgent: [
      ...(hasFailed ? headline(report, undefined) : interruptions(report).map(caution)),
      ...shortfalls(report, ["failed"], "some", undefined),
    ],
    conditions,
    isPoorlyObserved: observedShare !== null && observedShare < wellObserved,
  };
}

/** What the run that has this report found. */
export function findingsOf({ conditions, isPoorlyObserved }: Needs): FoundConditions {
  const present: Finding = { kind: "present", since: null, patienceMs: 0 };
  const found = new Map<Condition, Finding>([...conditions.keys()].map((condition) => [condition, present]));
  if (isPoorlyObserved && !conditions.has("gap")) found.set("gap", { kind: "lasting" });
  return { found, others: "absent" };
}

/** The report for a log that nobody reads: empty unless something needs a person. */
export function renderQuiet(report: RunReport, prefix: LinePrefix = noPrefix): string[] {
  const needs = needsOf(report);
  // Everything is news where nothing is remembered.
  const told = new Map([...needs.conditions.keys()].map((condition) => [condition, null]));
  return renderNews(needs, { told, ended: new Map() }, prefix);
}

/** The same without what was told before, and with what needs nobody any more. */
export function renderNews(needs: Needs, news: News, prefix: LinePrefix): string[] {
  const told = [...needs.conditions].flatMap(([condition, lines]) => {
    const since = news.told.get(condition);
    return since === undefined ? [] : withSince(lines, since);
  });
  return [...needs.urgent, ...told, ...endLines(news)].map(
    (line) => prefix(line) + paintLine(line, undefined, plainPalette),
  );
}

export function endLines({ ended }: News): Line[] {
  return [...ended].flatMap(([condition, since]) => {
    const sentence = endSentence(condition, since);
    return sentence === null ? [] : [[span(sentence)]];
  });
}

function withSince(lines: readonly Line[], since: number | null): readonly Line[] {
  const last = lines.at(-1);
  if (since === null || last === undefined) return lines;
  return [...lines.slice(0, -1), [...last, span(` ${sinceSentence(since)}`)]];
}

function caution(text: string): Line {
  return [span(text, "caution")];
}
