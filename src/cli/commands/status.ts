import { takeStatus } from "../../run/status.js";
import { openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { renderStatusJson } from "../../report/json/status.js";
import { createPalette } from "../../report/layout/palette.js";
import { renderStatus } from "../../report/documents/status.js";
import { connect } from "../connect.js";
import { createProgress } from "../live-progress.js";
import { resolveSettings } from "../options/settings.js";
import type { Task } from "../task.js";
import { trustedLedgerPath } from "../trusted-files.js";
import { widthOf } from "../width.js";

/** `status`: how things stand. Reads a copy of the ledger, so that it may be asked for while a run is under way. */
export async function perform(task: Task): Promise<number> {
  const { raw, surroundings, interruption } = task;
  const settings = resolveSettings(raw, surroundings);
  const { env, stdout, steadyClock, measureFilesystem } = surroundings;
  const engine = connect(settings, surroundings, interruption);
  const ledger = openLedgerInMemory(trustedLedgerPath(task, settings));
  const live = createProgress(settings, surroundings);
  interruption.endAfter(settings.runTimeoutMs);
  const onProgress = live.show;
  try {
    const dependencies = { engine, openLedger: () => ledger, steadyClock, measureFilesystem, onProgress };
    const status = await takeStatus(settings, { ...dependencies, ledger });
    live.end();
    if (settings.output === "json") {
      stdout.write(renderStatusJson(status));
      return 0;
    }
    const verbosity = settings.verbosity === "verbose" ? "verbose" : "normal";
    const color = createPalette(settings.color, stdout, env);
    for (const line of renderStatus(status, { width: widthOf(stdout), color, verbosity }))
      stdout.write(`${line}\n`);
    return 0;
  } finally {
    live.end();
    ledger.close();
  }
}
