import { chronicleOf } from "../../core/results/chronicle.js";
import { describeError, Failure } from "../../core/text/failure.js";
import { openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { firstLine, reportPage } from "../../report/html/page.js";
import { absolutePath } from "../../files/absolute.js";
import { resolveSettings } from "../options/settings.js";
import { usageFailure } from "../options/usage-failure.js";
import { placeWhole } from "../place-whole.js";
import type { Task } from "../task.js";
import { trustedLedgerPath } from "../trusted-files.js";

/** `report`: the ledger's past as a page for a browser. Asks no engine, and reads a copy. */
export function perform(task: Task): Promise<number> {
  const { raw, process } = task;
  const settings = resolveSettings(raw, process);
  const file = raw.values.html?.value;
  if (file === undefined) throw usageFailure('"report" needs --html FILE, the page that it writes.');
  const ledger = openLedgerInMemory(trustedLedgerPath(task, settings));
  try {
    const uses = ledger.usesByImage();
    const chronicles = ledger
      .history()
      .flatMap(
        (history) =>
          chronicleOf(history, ledger.load(history.engine), uses.get(history.engine.key) ?? new Map()) ?? [],
      );
    const { version, now } = process;
    place(absolutePath(file), reportPage(chronicles, { version, at: now() }));
    return Promise.resolve(0);
  } finally {
    ledger.close();
  }
}

/** For its owner only, as the ledger is. */
function place(path: string, page: string): void {
  try {
    placeWhole(path, page, {
      what: "report",
      isOurs: (text) => text.startsWith(firstLine),
      mostBytes: 256 * 1024 * 1024,
      mode: 0o600,
    });
  } catch (error) {
    throw new Failure("usage", `--html: the report cannot be written to ${path}: ${describeError(error)}.`, {
      cause: error,
    });
  }
}
