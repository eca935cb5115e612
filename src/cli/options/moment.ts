import { Failure } from "../../core/text/failure.js";
import type { Given } from "./raw-options.js";
import { refused, toPlausibleMs, understand } from "./values.js";

const shape = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
const expected = "a duration such as 7d, or a time such as 2026-01-31 or 2026-01-31T10:00";

/**
 * Epoch milliseconds of `7d` (so long before `now`), `2026-01-31`, `2026-01-31T10:00` or a time with its zone. Without a
 * zone it is local time, as in the reports.
 *
 * @throws Failure of code `usage` that says where the text stands.
 */
export function toMoment(given: Given<string>, now: number): number {
  return understand(given, (text) => (shape.test(text) ? parseTime(text) : now - parseAgo(text)));
}

function parseTime(text: string): number {
  const [date = "", time = "00:00"] = text.split(/[T ]/);
  const at = Date.parse(`${date}T${time}`);
  // A 31st of February becomes a day of March.
  const isReal = !Number.isNaN(at) && new Date(`${date}T00:00Z`).toISOString().startsWith(date);
  if (!isReal) throw refused(text, "is not a time", expected);
  return at;
}

function parseAgo(text: string): number {
  try {
    return toPlausibleMs(text);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw refused(text, "is neither a duration nor a time", expected);
  }
}
