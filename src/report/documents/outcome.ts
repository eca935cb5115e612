import type { Outcome } from "../../core/policy/removal.js";
import { span, type Span } from "../layout/line.js";
import type { Tone } from "../layout/palette.js";

const tones: Readonly<Record<Outcome, Tone>> = {
  removed: "freed",
  refused: "caution",
  gone: "faint",
  failed: "alarm",
  skipped: "caution",
};

/** What became of a removal, in one word. */
export function outcomeSpan(outcome: Outcome): Span {
  return span(outcome, tones[outcome]);
}
