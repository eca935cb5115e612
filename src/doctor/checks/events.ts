import { good, problem, skipped, type Check } from "../../core/results/checkup.js";
import type { RunEntry } from "../../core/results/history.js";
import { formatDuration } from "../../core/text/duration.js";
import { roundedText } from "../../report/wording/quantities.js";
import { usualIntervalMs } from "../intervals.js";

/** What the engine remembers of events. Epoch milliseconds by its clock. */
export interface EventMemory {
  /** How many it can hold; null where it keeps a log. */
  readonly limit: number | null;
  readonly buffered: number;
  /** Null when it is empty. */
  readonly oldestAt: number | null;
  readonly now: number;
}

/** How many of the last runs are looked at. */
const lookedAt = 20;

/** Whether runs come before the engine forgets. Runs are of this engine, newest first. */
export function checkEvents(
  { limit, buffered, oldestAt, now }: EventMemory,
  runs: readonly RunEntry[],
): Check {
  if (limit === null) return good("events", "the engine keeps a log of events");
  if (oldestAt === null)
    return skipped("events", "the engine has had no event since it started; idle times begin with the first");
  const span = formatDuration(Math.max(0, now - oldestAt));
  const interval = usualIntervalMs(runs);
  const apart = interval === null ? "" : `, and runs come ${roundedText(interval)} apart`;
  const full = `the last ${limit} events, all that the engine remembers, go back ${span}${apart}`;
  const isTooSlow = buffered >= limit && interval !== null && now - oldestAt < interval;
  if (isTooSlow) return problem("events", full, remedy);
  const last = runs.slice(0, lookedAt);
  const late = last.filter(({ observation: { gap } }) => gap?.cause === "overflow").length;
  if (late * 4 >= last.length && late > 1)
    return problem(
      "events",
      `${late} of the last ${last.length} runs came after the engine had forgotten events`,
      remedy,
    );
  if (buffered >= limit) return good("events", full);
  return good(
    "events",
    `the engine remembers ${buffered} events, back to ${span} ago, and has forgotten none${apart}`,
  );
}

const remedy = "run it more often than the events last, or let runs stay with --linger";
