import type { SteadyClock } from "../core/checkpoint.js";
import { exitCodeOf } from "../core/exit-code.js";
import { factsOf } from "../core/image-facts.js";
import { nextRecord } from "../core/next-record.js";
import { makePlan } from "../core/plan.js";
import type { Policy } from "../core/policy.js";
import type { RunReport } from "../core/run-report.js";
import type { Engine } from "../engine/port.js";
import type { Ledger, RemovalEntry, RunEntry } from "../ledger/port.js";
import type { ReportHead } from "./compose-report.js";
import { composeReport } from "./compose-report.js";
import type { Execution } from "./execute.js";
import { execute, notExecuted } from "./execute.js";
import type { RemovalProgress } from "./removals.js";
import { warningsOf } from "./warnings.js";
import type { Observer } from "./watch.js";
import { Watch } from "./watch.js";

export interface RunSettings {
  readonly mode: "run" | "dry-run";
  readonly policy: Policy;
  /** How long runs and removals stay in the history, in milliseconds. */
  readonly historyAgeMs: number;
  /** For the report. */
  readonly warnings: readonly string[];
}

export interface RunDependencies {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly steadyClock: () => SteadyClock;
  readonly interruptedBy: () => "SIGINT" | "SIGTERM" | null;
  readonly onProgress: (progress: RemovalProgress) => void;
}

/**
 * One run: observe, plan, remove, record. A dry run is the same up to the plan, and writes nothing. Throws a Failure
 * when it has to end before anything was removed; once removals have begun, the report says how far they came.
 */
export async function run(settings: RunSettings, dependencies: RunDependencies): Promise<RunReport> {
  const { engine, ledger, steadyClock, interruptedBy, onProgress } = dependencies;
  const { mode, policy } = settings;
  const description = await engine.describe();
  const { identity, summary, now } = description;
  const startedAt = now();
  const observer: Observer = { engine, description, steadyClock };

  const before = ledger.load(identity);
  const observed = await Watch.observe(observer, before);
  const record = nextRecord(before, observed);
  const facts = factsOf(record, observed);
  const plan = makePlan(facts, policy, observed.observation.to);

  const warnings = [...settings.warnings, ...warningsOf(policy, facts)];
  const head: ReportHead = { mode, engine: summary, startedAt, policy, warnings };
  const report = (execution: Execution) =>
    composeReport(head, plan, execution, { finishedAt: now(), interruptedBy: interruptedBy() });
  if (mode === "dry-run") return report(notExecuted(record, observed));

  const isInterrupted = () => interruptedBy() !== null;
  let execution = notExecuted(record, observed);
  if (plan.removals.length > 0 && !isInterrupted()) {
    // What was seen is safe before anything goes: a run that is killed from here on loses no use.
    ledger.save(identity, record, unfinishedEntry(startedAt, execution));
    execution = await execute(plan, record, observed, { observer, isInterrupted, onProgress });
  }
  const result = report(execution);
  ledger.forgetHistoryBefore(startedAt - settings.historyAgeMs);
  ledger.save(identity, execution.record, {
    ...unfinishedEntry(startedAt, execution),
    finishedAt: result.finishedAt,
    exitCode: exitCodeOf(result),
  });
  return result;
}

function unfinishedEntry(startedAt: number, { observation, finished }: Execution): RunEntry {
  const removals = finished.map(({ planned, at, outcome, detail }): RemovalEntry => ({
    at,
    imageId: planned.facts.image.id,
    names: [...planned.facts.image.tags, ...planned.facts.image.digests],
    freedBytes: outcome === "removed" ? planned.freedBytes : 0,
    reasons: planned.verdict.kind === "remove" ? planned.verdict.reasons : [],
    outcome,
    detail,
  }));
  return { startedAt, finishedAt: null, exitCode: null, observation, removals };
}
