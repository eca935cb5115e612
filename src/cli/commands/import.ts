import { importUses } from "../../run/import-uses.js";
import { describeError, Failure } from "../../core/text/failure.js";
import { latestOf, type RecordedUses } from "../../core/uses/recorded-uses.js";
import { importDocument } from "../../report/documents/import-report.js";
import { importJson } from "../../report/json/import.js";
import { present } from "../present.js";
import { readText } from "../options/read-text.js";
import { commandOf } from "../begin.js";
import { withSession } from "../session.js";
import type { Task } from "../task.js";
import { parseUseFile } from "../options/import-formats.js";

/** `import`: takes what other tools know of last uses into the ledger. */
export async function perform(task: Task): Promise<number> {
  const command = commandOf(task);
  const { settings } = command;
  const files: RecordedUses[] = [];
  for (const word of task.raw.words) files.push(await readUses(word, task.interruption.waiting));
  const access = settings.mode === "dry-run" ? "read" : "write";
  const imported = await withSession(command, { access }, (session) =>
    importUses(settings.mode, latestOf(files), session),
  );
  const result = { document: () => importDocument(imported), json: () => importJson(imported) };
  present(result, settings, task.process);
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
