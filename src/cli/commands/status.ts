import { takeStatus } from "../../run/status.js";
import { openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { statusJson } from "../../report/json/status.js";
import { statusDocument } from "../../report/documents/status.js";
import { connect } from "../connect.js";
import { createProgress } from "../live-progress.js";
import { resolveSettings } from "../options/settings.js";
import { present } from "../present.js";
import type { Task } from "../task.js";
import { trustedLedgerPath } from "../trusted-files.js";

/** `status`: how things stand. Reads a copy of the ledger, so that it may be asked for while a run is under way. */
export async function perform(task: Task): Promise<number> {
  const { raw, surroundings, interruption } = task;
  const settings = resolveSettings(raw, surroundings);
  const { steadyClock, measureFilesystem } = surroundings;
  const engine = connect(settings, surroundings, interruption);
  const ledger = openLedgerInMemory(trustedLedgerPath(task, settings));
  const live = createProgress(settings, surroundings);
  interruption.endAfter(settings.runTimeoutMs);
  const onProgress = live.show;
  try {
    const dependencies = { engine, openLedger: () => ledger, steadyClock, measureFilesystem, onProgress };
    const status = await takeStatus(settings, { ...dependencies, ledger });
    live.end();
    const verbosity = settings.verbosity === "verbose" ? "verbose" : "normal";
    const result = { document: () => statusDocument(status, verbosity), json: () => statusJson(status) };
    present(result, settings, surroundings);
    return 0;
  } finally {
    live.end();
    ledger.close();
  }
}
