import { linger } from "../../run/linger.js";
import { run, type Approval } from "../../run/run.js";
import { exitCodeOf, exitCodeOfError, exitCodeOfInterruption } from "../../core/results/exit-code.js";
import { Failure } from "../../core/text/failure.js";
import type { RunReport } from "../../core/results/run-report.js";
import type { Engine } from "../../engine/port.js";
import type { Lock } from "../../ledger/file/lock.js";
import { LedgerOnDemand } from "../../ledger/ledger-on-demand.js";
import { openLedger, openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { runJson } from "../../report/json/report.js";
import { sanitize } from "../../report/layout/sanitize.js";
import { runDocument } from "../../report/documents/run.js";
import { plannedRemovals } from "../../report/documents/tally.js";
import { askAbout, personToAsk } from "../confirm.js";
import { connect } from "../connect.js";
import type { Interruption } from "../interruption.js";
import { lockedSince } from "../failure-conditions.js";
import { createProgress } from "../live-progress.js";
import { present } from "../present.js";
import { tellFailure, tellReport } from "../quiet-run.js";
import type { MetricsRecorder } from "../metrics-recorder.js";
import { Said } from "../said.js";
import { resolveSettings, type Settings } from "../options/settings.js";
import type { Surroundings } from "../surroundings.js";
import { whenWritten } from "../written.js";
import type { Task } from "../task.js";
import { lockTrusted, trustedLedgerPath } from "../trusted-files.js";

/** `run`: one run; two where a person is asked, who may take time: meanwhile uses are saved and the ledger is free. */
export async function perform(task: Task): Promise<number> {
  const { raw, surroundings, interruption } = task;
  const settings = resolveSettings(raw, surroundings);
  const engine = connect(settings, surroundings, interruption);
  const path = trustedLedgerPath(task, settings);
  const isDryRun = settings.mode === "dry-run";
  const metrics = isDryRun ? null : await metricsOf(settings, surroundings);
  const said = isDryRun || settings.verbosity !== "quiet" ? null : new Said(path, engine.address);
  const command: Command = { task, settings, engine, path, metrics, said };
  const person = personToAsk(settings, surroundings);
  let end = await withLedger(command, { kind: person === null ? "everything" : "nothing" });
  if (end.kind === "proposed" && person !== null) {
    const { stderr, env } = surroundings;
    const where = { stderr, env, signal: interruption.waiting };
    const approval = await askAbout(end.report, person, settings, where);
    if (approval.kind === "nothing") stderr.write("Nothing was removed.\n");
    else end = await withLedger(command, approval);
  }
  if (!isDryRun) surroundings.keepCode();
  return end.exitCode;
}

interface Command {
  readonly task: Task;
  readonly settings: Settings;
  readonly engine: Engine & { readonly address: string };
  /** Of the ledger. */
  readonly path: string;
  readonly metrics: MetricsRecorder | null;
  /** Null where all is told. */
  readonly said: Said | null;
}

type End =
  | { readonly kind: "ended"; readonly exitCode: number }
  /** Observed and saved; what would go is still there. */
  | { readonly kind: "proposed"; readonly exitCode: number; readonly report: RunReport };

/** Ledger, lock and engine around one run. */
async function withLedger(command: Command, approval: Approval): Promise<End> {
  const { task, settings, engine, path, metrics, said } = command;
  const { surroundings, interruption } = task;
  const isDryRun = settings.mode === "dry-run";
  let lock: Lock | null = null;
  const ledger = new LedgerOnDemand((identity) => {
    if (isDryRun) return openLedgerInMemory(path);
    const opened = openLedger(path, { lock, engine: identity });
    lock?.announce();
    return opened;
  });
  try {
    if (!isDryRun) {
      lock = await lockTrusted(path, engine.address, settings, task);
      metrics?.countIn(ledger.get);
    }
    return await runAndLinger(command, approval, { openLedger: ledger.get, lock });
  } catch (error) {
    // The engine may still be at work on a listing when the ledger turns out to be no good.
    engine.abandon();
    // Who has no lock leaves the file to the run that holds it.
    const mayLeave = lock !== null || isLedgerFailure(error);
    const metricsProblem = mayLeave
      ? (metrics?.leave(exitCodeOfEnd(error, interruption), null) ?? null)
      : null;
    const since = lockedSince(error, engine.address, said?.memory() ?? null, surroundings.now());
    if (since !== null) metrics?.noteLocked(since);
    const failed = { error, engine: engine.address, metricsProblem };
    if (said !== null && !interruption.waiting.aborted && tellFailure(failed, said, surroundings))
      task.silence();
    else if (metricsProblem !== null) surroundings.stderr.write(`docker-gc: ${sanitize(metricsProblem)}\n`);
    throw error;
  } finally {
    ledger.close();
    lock?.release();
  }
}

function isLedgerFailure(error: unknown): boolean {
  return error instanceof Failure && (error.code === "ledger" || error.code === "ledger-full");
}

/** What ends whatever a run waits for shows as a failure of that. */
function exitCodeOfEnd(error: unknown, { cause, waiting }: Interruption): number {
  return waiting.aborted && cause !== null ? exitCodeOfInterruption(cause) : exitCodeOfError(error);
}

/** Loaded only where it is asked for. */
async function metricsOf(
  { metricsFile }: Settings,
  surroundings: Surroundings,
): Promise<MetricsRecorder | null> {
  if (metricsFile === undefined) return null;
  const { MetricsRecorder: Metrics } = await import("../metrics-recorder.js");
  return new Metrics(metricsFile, surroundings);
}

interface Parts {
  readonly openLedger: LedgerOnDemand["get"];
  /** Null in a dry run. */
  readonly lock: Lock | null;
}

async function runAndLinger(
  command: Command,
  approval: Approval,
  { openLedger: open, lock }: Parts,
): Promise<End> {
  const { task, settings, engine, metrics, said } = command;
  const { surroundings, interruption } = task;
  const live = createProgress(settings, surroundings);
  const callOff = interruption.endAfter(settings.runTimeoutMs);
  const { report, ongoing } = await run(
    { ...settings, approval },
    {
      engine,
      openLedger: open,
      steadyClock: surroundings.steadyClock,
      measureFilesystem: surroundings.measureFilesystem,
      interruptedBy: () => interruption.cause,
      onProgress: (progress) => {
        // From here on the image in hand is finished first.
        if (progress.kind === "removing") interruption.hold();
        live.show(progress);
      },
    },
  ).finally(() => {
    callOff();
    live.end();
  });
  const planned = exitCodeOf(report);
  const problem = metrics?.leave(planned, report) ?? null;
  if (approval.kind === "nothing" && isWorthAsking(report))
    return { kind: "proposed", exitCode: planned, report };
  const warnings = problem === null ? report.warnings : [...report.warnings, problem];
  print({ ...report, warnings }, planned, said, settings, surroundings);
  const exitCode = await whenWritten(planned, surroundings);
  if (exitCode !== planned) metrics?.correct(exitCode, report);
  if (ongoing !== null && settings.lingerMs > 0 && report.interruptedBy === null) {
    interruption.hold();
    lock?.linger(surroundings.now() + settings.lingerMs);
    await linger(ongoing, open(), { durationMs: settings.lingerMs, signal: interruption.any });
  }
  return { kind: "ended", exitCode };
}

/** Something would go, and nothing else stands against it. */
function isWorthAsking(report: RunReport): boolean {
  const isHeldBack = report.unmetLimits.some(({ limit }) => limit === "max-removed-share");
  const hasEnded = report.interruptedBy !== null || report.stoppedBy !== null;
  return plannedRemovals(report).length > 0 && !isHeldBack && !hasEnded;
}

function print(
  report: RunReport,
  exitCode: number,
  said: Said | null,
  settings: Settings,
  surroundings: Surroundings,
): void {
  const { output, verbosity } = settings;
  if (verbosity === "quiet" && output !== "json") {
    tellReport(report, said, surroundings);
    return;
  }
  const options = {
    verbosity: verbosity === "verbose" ? verbosity : "normal",
    now: report.finishedAt,
  } as const;
  const result = { document: () => runDocument(report, options), json: () => runJson(report, exitCode) };
  present(result, settings, surroundings);
}
