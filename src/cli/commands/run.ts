import { linger } from "../../collect/linger.js";
import { run } from "../../collect/run.js";
import { exitCodeOf } from "../../core/exit-code.js";
import type { RunReport } from "../../core/run-report.js";
import type { Engine } from "../../engine/port.js";
import { acquireLock } from "../../ledger/lock.js";
import type { Ledger } from "../../ledger/port.js";
import { openLedger, openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { renderJson } from "../../report/json.js";
import { createPalette } from "../../report/palette.js";
import { renderQuiet } from "../../report/quiet.js";
import { renderText } from "../../report/text.js";
import { connect } from "../connect.js";
import type { Interruption } from "../interruption.js";
import { createProgress } from "../live-progress.js";
import { ledgerPathOf } from "../ledger-path.js";
import { resolveSettings, type Settings } from "../settings.js";
import type { Surroundings } from "../surroundings.js";
import type { Task } from "../task.js";
import { widthOf } from "../width.js";

/** `run`: ledger, lock and engine around one run. */
export async function perform({ raw, surroundings, interruption }: Task): Promise<number> {
  const settings = resolveSettings(raw, surroundings);
  const engine = connect(settings, surroundings, interruption);
  const path = ledgerPathOf(settings, surroundings);
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
  const live = createProgress(settings, surroundings);
  const { report, ongoing } = await run(settings, {
    engine,
    ledger,
    steadyClock: surroundings.steadyClock,
    measureFilesystem: surroundings.measureFilesystem,
    interruptedBy: () => interruption.signal,
    onProgress: (progress) => {
      // From here on the image in hand is finished first.
      if (progress.kind === "removing") interruption.hold();
      live.show(progress);
    },
  }).finally(live.end);
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
  const options = { width: widthOf(stdout), color: palette, verbosity };
  for (const line of renderText(report, { ...options, now: report.finishedAt })) stdout.write(`${line}\n`);
}
