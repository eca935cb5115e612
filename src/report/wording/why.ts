import type { Policy } from "../../core/policy/policy.js";
import type { ImageReport } from "../../core/results/run-report.js";
import { keepWords } from "./keep-words.js";
import { limitWords } from "./limit-words.js";
import type { ReasonWords } from "./rule-words.js";

/**
 * The reasons of one verdict with their particulars: `idle ≥ 7d`, `keep rule redis:*, within grace (1h)`. Who uses an
 * image says it all: that it is also recent goes without saying.
 */
export function whyText(image: ImageReport, policy: Policy): string {
  return wordsOf(image.verdict)
    .map(({ short, why }) => why?.(image, policy, short) ?? short)
    .join(", ");
}

function wordsOf(verdict: ImageReport["verdict"]): readonly ReasonWords[] {
  if (verdict.kind === "remove") return verdict.reasons.map((reason) => limitWords[reason]);
  if (verdict.reasons.includes("in-use")) return [keepWords["in-use"]];
  return verdict.reasons.map((reason) => keepWords[reason]);
}
