import { usualQuotas, whatIf } from "../../core/what-if/what-if.js";
import { openLedgerInMemory } from "../../ledger/sqlite-ledger.js";
import { whatIfDocument, type EngineWhatIf } from "../../report/documents/what-if.js";
import { whatIfJson } from "../../report/json/what-if.js";
import { toQuotas } from "../options/quotas.js";
import { resolveSettings } from "../options/settings.js";
import { present } from "../present.js";
import type { Task } from "../task.js";
import { trustedLedgerPath } from "../trusted-files.js";

/** `what-if`: what quotas would have come to. Asks no engine, and reads a copy of the ledger. */
export function perform(task: Task): Promise<number> {
  const { raw, process } = task;
  const { quota, ...values } = raw.values;
  // A quota of the environment or of a file is one for runs.
  const asked = quota?.origin === "--quota" ? toQuotas(quota) : null;
  const settings = resolveSettings({ ...raw, values }, process);
  const ledger = openLedgerInMemory(trustedLedgerPath(task, settings));
  try {
    const { order } = settings.policy;
    const found = [...ledger.useLogs()].flatMap(([key, log]): EngineWhatIf[] => {
      const { checkpoint } = ledger.load({ key });
      const now = checkpoint?.at ?? 0;
      const result = whatIf(log, { quotas: asked ?? usualQuotas(log), order, now });
      if (result === null) return [];
      const before = ledger.observationBefore({ key }, result.from);
      const observedMs = (checkpoint?.observedMs ?? 0) - (before?.observedMs ?? 0);
      const spanMs = now - Math.max(result.from, before?.at ?? 0);
      return [{ engine: key, result, observedShare: spanMs <= 0 ? null : Math.min(1, observedMs / spanMs) }];
    });
    present(
      { document: () => whatIfDocument(found), json: () => whatIfJson(found, order) },
      settings,
      process,
    );
    return Promise.resolve(0);
  } finally {
    ledger.close();
  }
}
