import type { Outcome } from "../../core/policy/removal.js";
import type { Tone } from "../layout/palette.js";

export const outcomeTones: Readonly<Record<Outcome, Tone>> = {
  removed: "freed",
  refused: "caution",
  gone: "faint",
  failed: "alarm",
  skipped: "caution",
};
