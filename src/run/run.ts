import { coverageOf, gapWarning } from "../core/uses/coverage.js";
import { exitCodeOf } from "../core/results/exit-code.js";
import { Failure } from "../core/text/failure.js";
import type { RemovalEntry, RunEntry } from "../core/results/history.js";
import type { ImageId } from "../core/image/image.js";
import { shownNames } from "../core/image/shown-names.js";
import type { InterruptionCause } from "../core/results/interruption.js";
import type { Plan } from "../core/plan/plan.js";
import type { RunReport } from "../core/results/run-report.js";
import { eventHeadroom } from "../core/uses/event-headroom.js";
import { composeReport, nothingMeasured, type Measured } from "./compose-report.js";
import type { Execution } from "./remove/removal-result.js";
import { execute, notExecuted } from "./remove/execute.js";
import { FreeSpaceCheck } from "./remove/free-space.js";
import type { Ongoing } from "./linger.js";
import { assess, type AssessmentDependencies, type AssessmentSettings } from "./assess.js";
import { accountReadingOf, measureFreed } from "./remove/measure.js";
import { DeferredSave } from "./remove/deferred-save.js";
import type { Progress } from "./remove/removal-watch.js";
import type { NoteNames } from "./remove/remove-image.js";

/** What of a plan is carried out. */
export type Approval =
  | { readonly kind: "everything" | "nothing" }
  /** What was shown, as far as it is still due. */
  | { readonly kind: "images"; readonly ids: ReadonlySet<ImageId> };

export interface RunSettings extends AssessmentSettings {
  /** Everything where it is left out. */
  readonly approval?: Approval;
  /** How long runs and removals stay in the history, in milliseconds. */
  readonly historyAgeMs: number;
}

export interface RunDependencies extends AssessmentDependencies {
  readonly interruptedBy: () => InterruptionCause | null;
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
  const { engine, interruptedBy, onProgress } = dependencies;
  const assessment = await assess(settings, dependencies);
  const { session, ledger, header, policy, filesystem, restored, observed, record, plan, past } = assessment;
  const { identity, now, eventBufferLimit } = session.description;
  const { startedAt } = header;
  const report = (execution: Execution, measured: Measured) =>
    composeReport(header, plan, execution, {
      ...measured,
      filesystemBefore: filesystem,
      finishedAt: now(),
      interruptedBy: interruptedBy(),
      gapWarning: gapWarning(execution.observation, past),
      observedShare: coverageOf(execution.observation, past)?.share ?? null,
    });
  if (settings.mode === "dry-run") {
    return { report: report(notExecuted(record, observed), nothingMeasured), ongoing: null };
  }

  const isInterrupted = () => interruptedBy() !== null;
  let execution = notExecuted(record, observed);
  let measuredFreedBytes: number | null = null;
  const save = (progress: Progress) =>
    ledger.save(identity, progress.record, unfinishedEntry(startedAt, progress));
  const headroom = eventHeadroom(observed.observation, eventBufferLimit);
  const deferredSave = new DeferredSave(save, execution, headroom);
  const room = new FreeSpaceCheck(policy, filesystem, now);
  const approved = approvedOf(plan, settings.approval ?? { kind: "everything" });
  if (approved.removals.length > 0 && !plan.isHeldBack && !isInterrupted()) {
    // What was seen is safe before anything goes: a run that is killed from here on loses no use.
    deferredSave.attempt();
    const noteNames: NoteNames = (id, names) => {
      const unrecorded = deferredSave.attempt();
      if (unrecorded !== null) throw unrecorded;
      // What could not be given back is still noted when the image keeps its other names.
      const all = new Set([...(restored.missing.get(id) ?? []), ...names]);
      ledger.noteLeavingNames(identity, id, [...all]);
    };
    const account = accountReadingOf(approved, session.description.imageSizes);
    const removing = { session, room, deferredSave, noteNames, isInterrupted, onProgress };
    ({ execution, measuredFreedBytes } = await measureFreed(engine, account, (onRemoved) =>
      execute(approved, record, observed, { ...removing, onRemoved }),
    ));
  }
  const filesystemAfter = (await filesystem?.measure().catch(() => null)) ?? null;
  const vainRemovals = filesystem === null ? record.vainRemovals : room.conclude(filesystemAfter);
  const result = report(execution, { measuredFreedBytes, filesystemAfter, inVain: vainRemovals });
  const { finishedAt } = result;
  const next = { ...execution.record, vainRemovals };
  const entry = { ...unfinishedEntry(startedAt, execution), finishedAt, exitCode: exitCodeOf(result) };
  try {
    const trustedTime = ledger.trustedTime(startedAt, session.steadyClock());
    ledger.forgetHistoryBefore(trustedTime - settings.historyAgeMs, identity);
    ledger.save(identity, next, entry);
  } catch (error) {
    if (!(error instanceof Failure) || execution.finished.length === 0) throw error;
    return { report: unrecorded(result, error), ongoing: null };
  }
  const { listing, stoppedBy } = execution;
  return {
    report: { ...result, warnings: [...result.warnings, ...deferredSave.warnings] },
    ongoing: stoppedBy === null ? { session, record: next, listing, entry } : null,
  };
}

/** The images that are left out keep their verdict: they are due, and stay for now. */
function approvedOf(plan: Plan, approval: Approval): Plan {
  switch (approval.kind) {
    case "everything":
      return plan;
    case "nothing":
      return { ...plan, removals: [] };
    case "images":
      return { ...plan, removals: plan.removals.filter(({ facts }) => approval.ids.has(facts.image.id)) };
  }
}

/** What was done is told, also where it cannot be written down. */
function unrecorded(report: RunReport, { code, message }: Failure): RunReport {
  const sentence = `The ledger does not have what this run saw and did. ${message}`;
  const { stoppedBy } = report;
  // Where it was for the ledger that it stopped, that is one message.
  if (stoppedBy === null || stoppedBy.code === code)
    return { ...report, stoppedBy: { code, message: sentence } };
  return { ...report, warnings: [...report.warnings, sentence] };
}

function unfinishedEntry(startedAt: number, { observation, finished }: Progress): RunEntry {
  const removals = finished.map(({ planned, at, outcome, detail }): RemovalEntry => ({
    at,
    imageId: planned.facts.image.id,
    names: shownNames(planned.facts.image),
    freedBytes: outcome === "removed" ? planned.freedBytes : 0,
    reasons: planned.verdict.kind === "remove" ? planned.verdict.reasons : [],
    outcome,
    detail,
    returned: null,
  }));
  return { startedAt, finishedAt: null, exitCode: null, observation, removals };
}
