import { importUses } from "../../run/import-uses.js";
import { measureFilesystem } from "../../run/observe/measure-filesystem.js";
import { readSteadyClock } from "../../run/observe/steady-clock.js";
import { describeError, Failure } from "../../core/text/failure.js";
import { latestOf, type RecordedUses } from "../../core/uses/recorded-uses.js";
import type { Ledger } from "../../ledger/port.js";
import { openLedger, openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { importDocument } from "../../report/documents/import-report.js";
import { importJson } from "../../report/json/import.js";
import { connect } from "../connect.js";
import { resolveSettings } from "../options/settings.js";
import { present } from "../present.js";
import { readText } from "../options/read-text.js";
import type { Task } from "../task.js";
import { lockTrusted, trustedLedgerPath } from "../trusted-files.js";
import { parseUseFile } from "../options/import-formats.js";

/** `import`: takes what other tools know of last uses into the ledger. */
export async function perform(task: Task): Promise<number> {
  const { raw, surroundings, interruption } = task;
  const settings = resolveSettings(raw, surroundings);
  const files: RecordedUses[] = [];
  for (const word of raw.words) files.push(await readUses(word, interruption.waiting));
  const engine = connect(settings, surroundings, interruption);
  const path = trustedLedgerPath(task, settings);
  const importInto = async (ledger: Ledger) => {
    interruption.endAfter(settings.runTimeoutMs);
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
    const lock = await lockTrusted(path, engine.address, settings, task);
    try {
      const ledger = openLedger(path, { lock });
      lock.announce();
      return await importInto(ledger);
    } finally {
      lock.release();
    }
  };
  const imported = await (settings.mode === "dry-run"
    ? importInto(openLedgerInMemory(path))
    : importLocked());
  const result = { document: () => importDocument(imported), json: () => importJson(imported) };
  present(result, settings, surroundings);
  return 0;
}

/** A state of a hundred thousand images. */
const largestBytes = 16 * 1024 * 1024;

async function readUses(path: string, signal: AbortSignal): Promise<RecordedUses> {
  let text: string;
  try {
    text = await readText(path, largestBytes, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Failure("usage", `The file ${path} cannot be read: ${describeError(error)}.`, { cause: error });
  }
  return parseUseFile(text, path).uses;
}
