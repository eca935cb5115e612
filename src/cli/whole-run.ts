import { linger } from "../run/linger.js";
import { run, type Approval } from "../run/run.js";
import { exitCodeOf, exitCodeOfError, exitCodeOfInterruption } from "../core/results/exit-code.js";
import { Failure } from "../core/text/failure.js";
import type { RunReport } from "../core/results/run-report.js";
import type { Lock } from "../ledger/file/lock.js";
import { momentText } from "../report/wording/quantities.js";
import { runJson } from "../report/json/report.js";
import { sanitize } from "../report/layout/sanitize.js";
import { runDocument } from "../report/documents/run.js";
import { plannedRemovals } from "../report/documents/tally.js";
import { withBegun, type Begun, type Command } from "./begin.js";
import { askAbout, personToAsk } from "./confirm.js";
import type { Interruption } from "./interruption.js";
import { lockedSince } from "./failure-conditions.js";
import type { IdlePass } from "./idle-pass.js";
import { present } from "./present.js";
import { needsNobody, tellFailure, tellReport } from "./quiet-run.js";
import type { MetricsRecorder } from "./metrics-recorder.js";
import type { Said } from "./said.js";
import type { Settings } from "./options/settings.js";
import { sessionOf } from "./session.js";
import type { CommandProcess, Done } from "./command-process.js";
import { whenWritten } from "./written.js";

/** One run; two where a person is asked, who may take time: meanwhile uses are saved and the ledger is free. */
export async function performWhole(command: Command, said: Said | null): Promise<Done> {
  const { settings, task } = command;
  const { process, interruption } = task;
  const isDryRun = settings.mode === "dry-run";
  const metrics = isDryRun ? null : await metricsOf(settings, process);
  const listeners: Listeners = { metrics, said };
  const access = isDryRun ? "read" : "write";
  const onFailure = (error: unknown, lock: Lock | null) => {
    tellEnd(error, lock, command, listeners);
    return Promise.resolve();
  };
  const runWith = (approval: Approval) =>
    withBegun(command, { access, onFailure }, (begun) => runApproved(command, listeners, approval, begun));
  const person = personToAsk(settings, process);
  let end = await runWith({ kind: person === null ? "everything" : "nothing" });
  if (end.kind === "proposed" && person !== null) {
    const { stderr, env } = process;
    const approval = await askAbout(end.report, person, settings, { stderr, env }, interruption);
    if (approval.kind === "nothing") stderr.write("Nothing was removed.\n");
    else end = await runWith(approval);
  }
  return { exitCode: end.exitCode, deed: "run" };
}

/** What hears of a run besides whoever reads its report. */
export interface Listeners {
  readonly metrics: MetricsRecorder | null;
  /** Null where everything is reported. */
  readonly said: Said | null;
}

type End =
  | { readonly kind: "ended"; readonly exitCode: number }
  /** Observed and saved; what would go is still there. */
  | { readonly kind: "proposed"; readonly exitCode: number; readonly report: RunReport };

/** Of a run that has no report. */
export function tellEnd(
  error: unknown,
  lock: Lock | null,
  { task, engine }: Command,
  { metrics, said }: Listeners,
): void {
  const { process, interruption } = task;
  // Who has no lock leaves the file to the run that holds it.
  const mayLeave = lock !== null || isLedgerFailure(error);
  const metricsProblem = mayLeave ? (metrics?.leave(exitCodeOfEnd(error, interruption), null) ?? null) : null;
  const since = lockedSince(error, engine.address, said?.memory() ?? null, process.now());
  if (since !== null) metrics?.noteLocked(since);
  const failed = { error, engine: engine.address, metricsProblem };
  if (said !== null && !interruption.waiting.aborted && tellFailure(failed, said, process)) task.silence();
  else if (metricsProblem !== null) process.stderr.write(`docker-gc: ${sanitize(metricsProblem)}\n`);
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
  process: CommandProcess,
): Promise<MetricsRecorder | null> {
  if (metricsFile === undefined) return null;
  const { MetricsRecorder: Metrics } = await import("./metrics-recorder.js");
  return new Metrics(metricsFile, process);
}

/** Of a session that has begun already. */
export async function runOnce(
  command: Command,
  listeners: Listeners,
  begun: Begun & { readonly idle: IdlePass | null },
): Promise<Done> {
  const { exitCode } = await runApproved(command, listeners, { kind: "everything" }, begun);
  return { exitCode, deed: "run" };
}

async function runApproved(
  command: Command,
  { metrics, said }: Listeners,
  approval: Approval,
  begun: Begun & { readonly idle?: IdlePass | null },
): Promise<End> {
  const { task, settings } = command;
  const session = sessionOf(command, begun);
  if (session.lock !== null) metrics?.countIn(session.openLedger);
  const idle = begun.idle ?? null;
  const { process, interruption } = task;
  const { report, ongoing, idleness } = await run(
    { ...settings, approval },
    {
      ...session,
      description: idle?.description,
      interruptedBy: () => interruption.cause,
      beforeRemovals: () => interruption.hold(),
    },
  );
  session.conclude();
  const planned = exitCodeOf(report);
  const problem = metrics?.leave(planned, report) ?? null;
  if (approval.kind === "nothing" && isWorthAsking(report))
    return { kind: "proposed", exitCode: planned, report };
  const warnings = problem === null ? report.warnings : [...report.warnings, problem];
  print({ ...report, warnings }, planned, said, settings, process);
  const exitCode = await whenWritten(planned, process);
  if (exitCode !== planned) metrics?.correct(exitCode, report);
  if (ongoing !== null && settings.lingerMs > 0 && report.interruptedBy === null) {
    interruption.hold();
    const until = process.now() + settings.lingerMs;
    session.lock?.linger(until);
    if (process.stderr.isTTY === true && settings.verbosity !== "quiet")
      process.stderr.write(`Watching until ${momentText(until)}; Ctrl-C ends it.\n`);
    await linger(ongoing, session.openLedger(), { durationMs: settings.lingerMs, signal: interruption.any });
  }
  idle?.leave(needsNobody(report) ? idleness : null);
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
  process: CommandProcess,
): void {
  const { output, verbosity } = settings;
  if (verbosity === "quiet" && output !== "json") {
    tellReport(report, said, process);
    return;
  }
  const options = { verbosity, now: report.finishedAt };
  const result = { document: () => runDocument(report, options), json: () => runJson(report, exitCode) };
  present(result, settings, process);
}
