import { span, type Span } from "./line.js";
import type { Tone } from "./palette.js";

/** `██████░░░░` for a share of 0.6; a share below 0 or above 1 is drawn as that. */
export function bar(share: number, length: number, tone: Tone): Span[] {
  const filled = Math.min(Math.max(Math.round((Number.isFinite(share) ? share : 0) * length), 0), length);
  return [span("█".repeat(filled), tone), span("░".repeat(length - filled), "faint")];
}
