import { cameThrough } from "../../core/results/exit-code.js";
import { good, problem, skipped, type Check } from "../../core/results/checkup.js";
import type { RunEntry } from "../../core/results/history.js";
import { formatDuration } from "../../core/text/duration.js";
import { roundedText } from "../../report/wording/quantities.js";
import { usualIntervalMs } from "../intervals.js";

/** Not each run that is late is missing. */
const fewest = { intervals: 4, ms: 3_600_000 } as const;

/** Whether runs come, and come through. Newest first; `now`: engine time, epoch milliseconds. */
export function checkRuns(runs: readonly RunEntry[], now: number): Check {
  const last = runs.find(({ finishedAt }) => finishedAt !== null);
  if (last?.finishedAt == null) return skipped("runs", "the ledger knows of no run of this engine yet");
  const agoMs = Math.max(0, now - last.finishedAt);
  const ended = `the last run ended ${formatDuration(agoMs)} ago with exit code ${last.exitCode ?? "unknown"}`;
  if (last.exitCode === null || !cameThrough(last.exitCode))
    return problem("runs", ended, "run docker-gc by hand and read what it says");
  const interval = usualIntervalMs(runs);
  const isMissing = interval !== null && agoMs > Math.max(fewest.intervals * interval, fewest.ms);
  if (isMissing)
    return problem(
      "runs",
      `${ended}, and before that they came ${roundedText(interval)} apart`,
      "check that the timer or the cron job still starts them: systemctl list-timers, or cron's log",
    );
  return good("runs", ended);
}
