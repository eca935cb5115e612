import {
  findingsOf,
  type Condition,
  type Finding,
  type FoundConditions,
  type News,
} from "../core/results/conditions.js";
import { Failure } from "../core/text/failure.js";
import type { RunReport } from "../core/results/run-report.js";
import { sinceSentence } from "../report/wording/condition-words.js";
import { span, type Line } from "../report/layout/line.js";
import { warnings } from "../report/documents/problems.js";
import { needsOf } from "../report/documents/quiet.js";
import { endLines, paintQuietly, renderQuiet } from "../report/formats/quiet.js";
import { unbroken } from "../report/formats/text.js";
import type { LinePrefix } from "../report/layout/priority.js";
import { findingsOfFailure, lockedSince } from "./failure-conditions.js";
import { prefixFor } from "./journal.js";
import type { Said } from "./said.js";
import type { CommandProcess } from "./command-process.js";

type Where = Pick<CommandProcess, "stderr" | "now" | "env" | "fileOf">;

/** What cron mails is what needs a person: that is not the result, so it is not for stdout. A dry run remembers nothing. */
export function tellReport(report: RunReport, said: Said | null, where: Where): void {
  const needs = needsOf(report);
  const found = findingsOf(needs.conditions.keys(), needs.isPoorlyObserved);
  const news = said === null ? null : said.judge(found, where.now()).news;
  for (const line of renderQuiet(needs, news, prefixIn(where))) where.stderr.write(`${line}\n`);
}

/** Whether it has nothing to tell, and nothing to remember for the next one. */
export function needsNobody(report: RunReport): boolean {
  const { urgent, conditions } = needsOf(report);
  return urgent.length === 0 && conditions.size === 0;
}

/** After a run that had nothing to do: what was wrong before may be over. */
export function tellEnded(news: News, where: Where): void {
  const nothing = { urgent: [], conditions: new Map(), isPoorlyObserved: false };
  for (const line of renderQuiet(nothing, news, prefixIn(where))) where.stderr.write(`${line}\n`);
}

/** How a run has failed. */
export interface FailedRun {
  readonly error: unknown;
  /** The address. */
  readonly engine: string;
  /** What kept its metrics from being written; null where nothing did. */
  readonly metricsProblem: string | null;
}

/** Reports what has ended a run where that is news. False for what is reported whenever it happens, and not here. */
export function tellFailure({ error, engine, metricsProblem }: FailedRun, said: Said, where: Where): boolean {
  const now = where.now();
  const findings = findingsOfFailure(error, engine, now);
  if (!(error instanceof Failure) || findings === null) return false;
  const { news, memory } = said.judge(withWarning(findings, metricsProblem), now);
  const lockSince = lockedSince(error, engine, memory, now);
  const lines = [...news.reported].flatMap(([condition, since]): Line[] =>
    condition.startsWith("warning: ")
      ? unbroken(warnings(metricsProblem))
      : [[span(`${error.message} ${sinceSentence(lockSince ?? since)}`.trimEnd(), "alarm")]],
  );
  for (const line of paintQuietly([...lines, ...endLines(news)], prefixIn(where)))
    where.stderr.write(`${line}\n`);
  return true;
}

function withWarning(findings: FoundConditions, text: string | null): FoundConditions {
  if (text === null) return findings;
  const present: Finding = { kind: "present", since: null, patienceMs: 0 };
  const found = new Map<Condition, Finding>([...findings.found, [`warning: ${text}`, present]]);
  return { ...findings, found };
}

function prefixIn(where: Where): LinePrefix {
  const priorityOf = prefixFor("stderr", where);
  return (line) => `${priorityOf(line)}docker-gc: `;
}
