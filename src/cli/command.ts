import { linger } from "../collect/linger.js";
import { measureFilesystem } from "../collect/measure-filesystem.js";
import { run } from "../collect/run.js";
import { readSteadyClock } from "../collect/steady-clock.js";
import { exitCodeOf, exitCodeOfError, exitCodeOfSignal } from "../core/exit-code.js";
import { Failure } from "../core/failure.js";
import type { RunReport } from "../core/run-report.js";
import { ApiEngine } from "../engine/api-engine.js";
import { Connection } from "../engine/connection.js";
import { resolveEndpoint } from "../engine/endpoint.js";
import type { Engine } from "../engine/port.js";
import { defaultLedgerPath } from "../ledger/location.js";
import { acquireLock } from "../ledger/lock.js";
import type { Ledger } from "../ledger/port.js";
import { openLedger, openLedgerInMemory } from "../ledger/sqlite-ledger.js";
import { renderJson } from "../report/json.js";
import { createPalette } from "../report/palette.js";
import { renderQuiet } from "../report/quiet.js";
import { sanitize } from "../report/sanitize.js";
import { renderText } from "../report/text.js";
import { parseArguments } from "./arguments.js";
import { helpText } from "./help.js";
import { Interruption } from "./interruption.js";
import { createProgress } from "./live-progress.js";
import type { Settings } from "./settings.js";
import { resolveSettings } from "./settings.js";
import type { Surroundings } from "./surroundings.js";

/** One command from its command line to its exit code. This is the only place where errors are caught for good. */
export async function runCommand(surroundings: Surroundings): Promise<number> {
  const { argv, env, version, stdout, stderr } = surroundings;
  const interruption = new Interruption();
  surroundings.onSignal((signal) => interruption.raise(signal));
  let quiet = false;
  try {
    const raw = parseArguments(argv, env);
    if (raw.command === "help") stdout.write(helpText(stdout.columns));
    if (raw.command === "version") stdout.write(`docker-gc ${version}\n`);
    if (raw.command !== "run") return 0;
    const settings = resolveSettings(raw, surroundings);
    quiet = settings.verbosity === "quiet";
    return await perform(settings, surroundings, interruption);
  } catch (error) {
    if (interruption.waiting.aborted) {
      stderr.write(`docker-gc: ended by ${String(interruption.signal)} before anything was removed.\n`);
      return exitCodeOfSignal(interruption.signal ?? "SIGTERM");
    }
    // A run that is still busy needs nobody: cron stays silent.
    const silent = quiet && error instanceof Failure && error.code === "locked";
    // An engine's message is data: it must not steer the terminal.
    const text = error instanceof Failure ? sanitize(error.message) : stackOf(error);
    if (!silent) stderr.write(`docker-gc: ${text}\n`);
    return exitCodeOfError(error);
  }
}

/** Ledger, lock and engine around one run. */
async function perform(
  settings: Settings,
  surroundings: Surroundings,
  interruption: Interruption,
): Promise<number> {
  const { env, uid, home } = surroundings;
  const connection = new Connection(resolveEndpoint(settings.host, { env, home }));
  interruption.waiting.addEventListener("abort", () => connection.abandon());
  const engine = new ApiEngine(connection, settings.timeoutMs);
  const path = settings.ledgerPath ?? defaultLedgerPath({ uid, home, environment: env });
  const runOn = async (ledger: Ledger) => {
    try {
      return await runAndLinger(settings, surroundings, interruption, engine, ledger);
    } finally {
      ledger.close();
    }
  };
  if (settings.mode === "dry-run") return runOn(openLedgerInMemory(path));
  const lock = await acquireLock(path, { waitMs: settings.lockWaitMs, signal: interruption.waiting });
  try {
    return await runOn(openLedger(path));
  } finally {
    lock.release();
  }
}

async function runAndLinger(
  settings: Settings,
  surroundings: Surroundings,
  interruption: Interruption,
  engine: Engine,
  ledger: Ledger,
): Promise<number> {
  const showProgress = createProgress(surroundings.stderr, settings.verbosity);
  const { report, ongoing } = await run(settings, {
    engine,
    ledger,
    steadyClock: readSteadyClock,
    measureFilesystem,
    interruptedBy: () => interruption.signal,
    onProgress: (progress) => {
      // From here on the image in hand is finished first.
      interruption.hold();
      showProgress(progress);
    },
  });
  const exitCode = exitCodeOf(report);
  print(report, exitCode, settings, surroundings);
  if (ongoing !== null && settings.lingerMs > 0 && report.interruptedBy === null) {
    interruption.hold();
    await linger(ongoing, ledger, { durationMs: settings.lingerMs, signal: interruption.any });
  }
  return exitCode;
}

function print(
  report: RunReport,
  exitCode: number,
  settings: Settings,
  { env, stdout, stderr }: Surroundings,
): void {
  const { output, verbosity, color } = settings;
  if (output === "json") {
    stdout.write(renderJson(report, exitCode));
    return;
  }
  // What cron mails is what needs a person: that is not the result, so it is not for stdout.
  if (verbosity === "quiet") {
    for (const line of renderQuiet(report)) stderr.write(`docker-gc: ${line}\n`);
    return;
  }
  const palette = createPalette(color, stdout, env);
  const options = { width: stdout.isTTY === true ? stdout.columns : undefined, color: palette, verbosity };
  for (const line of renderText(report, { ...options, now: report.finishedAt })) stdout.write(`${line}\n`);
}

function stackOf(error: unknown): string {
  return `unexpected failure, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
