import { exitCodeOf } from "../core/results/exit-code.js";
import { Failure } from "../core/text/failure.js";
import type { ImageId } from "../core/image/image.js";
import type { InterruptionCause } from "../core/results/interruption.js";
import type { Plan } from "../core/plan/plan.js";
import type { RunReport } from "../core/results/run-report.js";
import { assess, type Assessment, type AssessmentDependencies, type AssessmentSettings } from "./assess.js";
import { composeReport, nothingMeasured, type Measured } from "./compose-report.js";
import { idlenessOf, type Idleness } from "./idle-run.js";
import type { Ongoing } from "./linger.js";
import { DeferredSave } from "./remove/deferred-save.js";
import { FreeSpaceCheck } from "./remove/free-space.js";
import { learnContent } from "./remove/learn-content.js";
import { changeBetween, readAccountAfter, readAccountBefore, type AccountChange } from "./remove/measure.js";
import { notExecuted, unfinishedEntry, type Execution } from "./remove/removal.js";
import { RegistryCheck } from "./remove/registry-check.js";
import { RemovalWatch } from "./remove/removal-watch.js";
import { removeAll } from "./remove/removals.js";

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
  /** Called directly before the first removal: from then on the image in hand is finished first. */
  readonly beforeRemovals: () => void;
}

export interface RunResult {
  readonly report: RunReport;
  /** Where a run that lingers goes on; null after a dry run, and when the engine stopped answering. */
  readonly ongoing: Ongoing | null;
  /** Null where the next run has to look at everything. */
  readonly idleness: Idleness | null;
}

/**
 * One run: observe, plan, remove, record. A dry run is the same up to the plan, and writes nothing. Throws a Failure
 * when it has to end before anything was removed; once removals have begun, the report says how far they came.
 */
export async function run(settings: RunSettings, dependencies: RunDependencies): Promise<RunResult> {
  const { interruptedBy } = dependencies;
  const approval = settings.approval ?? { kind: "everything" };
  const idleRules = approval.kind === "nothing" ? "all" : "news";
  const assessment = await assess({ ...settings, idleRules }, dependencies);
  if (settings.mode === "dry-run") {
    const execution = notExecuted(assessment.record, assessment.observed);
    const report = composeReport(assessment, execution, nothingMeasured, interruptedBy());
    return { report, ongoing: null, idleness: null };
  }
  const plan = approvedOf(assessment.plan, approval);
  const done = await carryOut(plan, assessment, dependencies);
  const report = composeReport(assessment, done.execution, done.measured, interruptedBy());
  return save(assessment, done, report, settings.historyAgeMs);
}

/** What became of a plan. */
interface Done {
  readonly execution: Execution;
  readonly measured: Measured;
  /** What the ledger's disk has kept from being recorded for a while. */
  readonly warnings: readonly string[];
}

/** Saves what was seen, removes, observes again, and measures. */
async function carryOut(plan: Plan, assessment: Assessment, dependencies: RunDependencies): Promise<Done> {
  const { engine, interruptedBy, beforeRemovals, onProgress } = dependencies;
  const { session, ledger, header, policy, filesystem, restored, observed, record } = assessment;
  const { imageSizes, now } = session.description;
  const { startedAt } = header;
  let execution = notExecuted(record, observed);
  const space = new FreeSpaceCheck(policy, filesystem, record.vainRemovals, now);
  const saving = { session, ledger, startedAt, missingNames: restored.missing };
  const deferredSave = new DeferredSave(saving, execution);
  let change: AccountChange | null = null;
  if (plan.removals.length > 0 && !plan.isHeldBack && interruptedBy() === null) {
    // What was seen is safe before anything goes: a run that is killed from here on loses no use.
    deferredSave.attempt();
    const accountBefore = await readAccountBefore(engine, plan, imageSizes);
    const watch = new RemovalWatch(session, execution);
    const plannedFrom = { record, listing: observed.listing };
    const isInterrupted = () => interruptedBy() !== null;
    const registries = new RegistryCheck(engine, policy, plan.removals, record.failedRemovals);
    const looks = { session, watch, plannedFrom, space, registries };
    const context = { ...looks, deferredSave, isInterrupted, onProgress };
    beforeRemovals();
    const removals = await removeAll(plan.removals, context);
    // Under way beside all that is observed after the removals.
    const accountAfter = readAccountAfter(engine, accountBefore, removals);
    execution = await watch.end(removals);
    change = changeBetween(accountBefore, await accountAfter, execution);
  }
  const freedBytes = change && change.before.bytes - change.after.bytes;
  const correction = learnContent(change, observed.listing.images, record.layers, execution);
  const measured = { freedBytes, correction, ...(await space.conclude()) };
  return { execution, measured, warnings: deferredSave.warnings };
}

/** Writes what was seen and done, and the new checkpoint. */
function save(
  assessment: Assessment,
  { execution, measured, warnings }: Done,
  report: RunReport,
  historyAgeMs: number,
): RunResult {
  const { session, ledger, policy } = assessment;
  const { identity } = session.description;
  const { startedAt, finishedAt, usage } = report;
  const layers = measured.correction?.record ?? execution.record.layers;
  const record = { ...execution.record, layers, vainRemovals: measured.inVain };
  const imageBytes = Math.round(usage.afterBytes ?? usage.beforeBytes);
  const space = { imageBytes, quotaBytes: policy.quotaBytes };
  const entry = { ...unfinishedEntry(startedAt, execution), finishedAt, exitCode: exitCodeOf(report), space };
  let rowsWritten: number;
  try {
    const trustedTime = ledger.trustedTime(startedAt, session.steadyClock());
    ledger.forgetHistoryBefore(trustedTime - historyAgeMs, identity);
    rowsWritten = ledger.save(identity, record, entry);
  } catch (error) {
    if (!(error instanceof Failure) || execution.finished.length === 0) throw error;
    return { report: unrecorded(report, error), ongoing: null, idleness: null };
  }
  const { listing, stoppedBy } = execution;
  return {
    report: { ...report, warnings: [...report.warnings, ...warnings] },
    ongoing: stoppedBy === null ? { session, record, listing, entry } : null,
    idleness: rowsWritten === 0 ? idlenessOf(assessment, report, space) : null,
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

/** What was done is reported, also where it cannot be saved. */
function unrecorded(report: RunReport, { code, message }: Failure): RunReport {
  const sentence = `The ledger could not record this run. ${message}`;
  const { stoppedBy } = report;
  // Where it was for the ledger that it stopped, that is one message.
  if (stoppedBy === null || stoppedBy.code === code)
    return { ...report, stoppedBy: { code, message: sentence } };
  return { ...report, warnings: [...report.warnings, sentence] };
}
