import type { SteadyClock } from "../core/checkpoint.js";
import { coverageMs, gapWarning } from "../core/coverage.js";
import { exitCodeOf } from "../core/exit-code.js";
import { factsOf } from "../core/image-facts.js";
import { resolveLimits } from "../core/limits.js";
import { nextRecord } from "../core/next-record.js";
import { makePlan } from "../core/plan.js";
import type { AskedPolicy, Policy } from "../core/policy.js";
import type { RunReport } from "../core/run-report.js";
import type { Engine } from "../engine/port.js";
import type { Ledger, RemovalEntry, RunEntry } from "../ledger/port.js";
import type { ReportHead } from "./compose-report.js";
import { composeReport, nothingMeasured, type Measured } from "./compose-report.js";
import type { Execution } from "./execute.js";
import { execute, notExecuted } from "./execute.js";
import { findFilesystem, RoomNeeded, type MeasureFilesystem } from "./free-space.js";
import { learnLayers } from "./learn-layers.js";
import type { Ongoing } from "./linger.js";
import { measureFreed } from "./measure.js";
import type { RemovalProgress } from "./removals.js";
import { restoreNames } from "./restore-names.js";
import type { NoteNames } from "./remove-image.js";
import { warningsOf, warningsOfUnreadable } from "./warnings.js";
import type { Observer } from "./list.js";
import { Watch } from "./watch.js";

export interface RunSettings {
  readonly mode: "run" | "dry-run";
  readonly policy: AskedPolicy;
  /** How long runs and removals stay in the history, in milliseconds. */
  readonly historyAgeMs: number;
  /** For the report. */
  readonly warnings: readonly string[];
}

export interface RunDependencies {
  readonly engine: Engine;
  readonly ledger: Ledger;
  readonly steadyClock: () => SteadyClock;
  readonly measureFilesystem: MeasureFilesystem;
  readonly interruptedBy: () => "SIGINT" | "SIGTERM" | null;
  readonly onProgress: (progress: RemovalProgress) => void;
}

export interface RunResult {
  readonly report: RunReport;
  /** Where a run that lingers goes on; null after a dry run, and when the engine stopped answering. */
  readonly ongoing: Ongoing | null;
}

/**
 * One run: observe, plan, remove, record. A dry run is the same up to the plan, and writes nothing. Throws a Failure
 * when it has to end before anything was removed; once removals have begun, the report says how far they came.
 */
export async function run(settings: RunSettings, dependencies: RunDependencies): Promise<RunResult> {
  const { engine, ledger, steadyClock, interruptedBy, onProgress } = dependencies;
  const { mode } = settings;
  const description = await engine.describe();
  const { identity, summary, now } = description;
  const startedAt = now();
  const observer: Observer = { engine, description, steadyClock };
  const { limits, ...rules } = settings.policy;
  const filesystem = await findFilesystem(limits, description, dependencies.measureFilesystem);
  const policy: Policy = { ...rules, ...resolveLimits(limits, filesystem?.before ?? null) };

  const before = ledger.load(identity);
  const restored = await restoreNames(observer, ledger, mode);
  const observed = await Watch.observe(observer, before, restored.ownTags);
  const { lessons, unreadable } = await learnLayers(observer, before, observed.listing);
  const record = nextRecord(before, observed, lessons);
  const facts = factsOf(record, observed, description.imageSizes);
  const plan = makePlan(facts, policy, observed.observation.to, filesystem?.before ?? null);

  const warnings = [
    ...settings.warnings,
    ...restored.warnings,
    ...warningsOf(policy, facts),
    ...warningsOfUnreadable(unreadable),
  ];
  const head: ReportHead = { mode, engine: summary, startedAt, policy, warnings };
  const past = ledger.observationBefore(identity, observed.observation.to - coverageMs);
  const report = (execution: Execution, measured: Measured) =>
    composeReport(head, plan, execution, {
      ...measured,
      filesystemBefore: filesystem,
      finishedAt: now(),
      interruptedBy: interruptedBy(),
      gapWarning: gapWarning(execution.observation, past),
    });
  if (mode === "dry-run") {
    return { report: report(notExecuted(record, observed), nothingMeasured), ongoing: null };
  }

  const isInterrupted = () => interruptedBy() !== null;
  let execution = notExecuted(record, observed);
  let measuredFreedBytes: number | null = null;
  if (plan.removals.length > 0 && !isInterrupted()) {
    // What was seen is safe before anything goes: a run that is killed from here on loses no use.
    ledger.save(identity, record, unfinishedEntry(startedAt, execution));
    const room = new RoomNeeded(policy, filesystem);
    const noteNames: NoteNames = (id, names) => {
      // What could not be given back is still noted when the image keeps its other names.
      const all = new Set([...(restored.missing.get(id) ?? []), ...names]);
      ledger.noteLeavingNames(identity, id, [...all]);
    };
    const carryOut = () =>
      execute(plan, record, observed, { observer, room, noteNames, isInterrupted, onProgress });
    ({ execution, measuredFreedBytes } = await measureFreed(engine, carryOut));
  }
  const filesystemAfter = (await filesystem?.measure().catch(() => null)) ?? null;
  const result = report(execution, { measuredFreedBytes, filesystemAfter });
  const { finishedAt } = result;
  const entry = { ...unfinishedEntry(startedAt, execution), finishedAt, exitCode: exitCodeOf(result) };
  ledger.forgetHistoryBefore(startedAt - settings.historyAgeMs);
  ledger.save(identity, execution.record, entry);
  const { listing, stoppedBy } = execution;
  return {
    report: result,
    ongoing: stoppedBy === null ? { observer, record: execution.record, listing, entry } : null,
  };
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
