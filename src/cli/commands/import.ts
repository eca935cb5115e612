import { importUses } from "../../collect/import-uses.js";
import { measureFilesystem } from "../../collect/measure-filesystem.js";
import { readSteadyClock } from "../../collect/steady-clock.js";
import { describeError, Failure } from "../../core/failure.js";
import { latestOf, type RecordedUses } from "../../core/recorded-uses.js";
import { acquireLock } from "../../ledger/lock.js";
import type { Ledger } from "../../ledger/port.js";
import { openLedger, openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { importJson, importLines } from "../../report/import-report.js";
import { paintLine } from "../../report/line.js";
import { createPalette } from "../../report/palette.js";
import { connect } from "../connect.js";
import { ledgerPathOf } from "../ledger-path.js";
import { resolveSettings } from "../settings.js";
import type { Surroundings } from "../surroundings.js";
import type { Task } from "../task.js";
import { parseUseFile } from "../use-file.js";

/** `import`: takes what other tools know of last uses into the ledger. */
export async function perform({ raw, surroundings, interruption }: Task): Promise<number> {
  const settings = resolveSettings(raw, surroundings);
  const files = raw.words.map((path) => readUses(path, surroundings));
  const engine = connect(settings, surroundings, interruption);
  const path = ledgerPathOf(settings, surroundings);
  const importInto = async (ledger: Ledger) => {
    try {
      return await importUses(settings.mode, latestOf(files), {
        engine,
        openLedger: () => ledger,
        steadyClock: readSteadyClock,
        measureFilesystem,
        onProgress: () => undefined,
      });
    } finally {
      ledger.close();
    }
  };
  const importLocked = async () => {
    const lock = await acquireLock(path, { waitMs: settings.lockWaitMs, signal: interruption.waiting });
    try {
      return await importInto(openLedger(path));
    } finally {
      lock.release();
    }
  };
  const imported = await (settings.mode === "dry-run"
    ? importInto(openLedgerInMemory(path))
    : importLocked());
  const { stdout, env } = surroundings;
  if (settings.output === "json") {
    stdout.write(importJson(imported));
    return 0;
  }
  const width = stdout.isTTY === true ? stdout.columns : undefined;
  const palette = createPalette(settings.color, stdout, env);
  for (const line of importLines(imported, width)) stdout.write(`${paintLine(line, width, palette)}\n`);
  return 0;
}

function readUses(path: string, { readFile }: Surroundings): RecordedUses {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    throw new Failure("usage", `The file ${path} cannot be read: ${describeError(error)}.`, { cause: error });
  }
  return parseUseFile(text, path).uses;
}
