import { good, problem, type Check } from "../../core/results/checkup.js";
import { formatDuration } from "../../core/text/duration.js";
import { readHolder } from "../../ledger/file/lock-holder.js";

/** A run may take that long. */
const longMs = 3_600_000;

/** Who works on the ledger right now. `now`: epoch milliseconds by this host's clock. */
export function checkLock(ledgerPath: string, now: number): Check {
  const holder = readHolder(`${ledgerPath}.lock`);
  if (holder === null) return good("lock", "no run is under way");
  const { pid, user, since, lingersUntil } = holder;
  const who = `PID ${pid} of ${user} has held the ledger for ${formatDuration(Math.max(0, now - since))}`;
  const isExpected = now - since < longMs || (lingersUntil ?? 0) > now;
  if (isExpected) return good("lock", who);
  return problem("lock", who, `see what it waits for, or end it: kill ${pid}`);
}
