import { good, problem, skipped, type Check } from "../../core/results/checkup.js";
import type { ImagePattern } from "../../core/policy/image-pattern.js";
import { countText } from "../../report/wording/quantities.js";
import { failed, type Answered } from "../failed.js";

/** What a dry run came to. */
export interface PlanLook {
  readonly images: number;
  /** What would go now. */
  readonly removals: number;
  /** Limits that cannot be met, a sentence each. */
  readonly unmet: readonly string[];
  readonly rules: number;
  /** Keep rules and `--only` patterns that match no image. */
  readonly idleRules: readonly ImagePattern[];
}

/** Whether limits and rules do what they are for. `warnings`: what settings alone tell. */
export function checkPlan(look: Answered<PlanLook> | null, warnings: readonly string[]): Check[] {
  const warned = warnings.map((warning) => {
    const [, found = warning, remedy = "see docker-gc config"] = /^(.+?)[;:] ([^;]+)\.$/.exec(warning) ?? [];
    return problem("limits", found, remedy);
  });
  if (look === null) return [...warned, skipped("limits", "a plan needs the engine and the ledger")];
  if (look.kind === "failed") return [...warned, failed("limits", look.failure, "see docker-gc config")];
  const { images, removals, unmet, rules, idleRules } = look.value;
  const plan = `of ${countText(images, "image")}, ${removals} would go now`;
  return [
    ...warned,
    ...unmet.map((sentence) => problem("limits", sentence, "docker-gc status says what holds the bytes")),
    ...(warned.length + unmet.length > 0 ? [] : [good("limits", plan)]),
    ...idleRules.map(({ origin, text }) =>
      problem(
        "rule",
        `${origin}: ${JSON.stringify(text)} matches no image`,
        "mend the pattern, or remove it if it is obsolete",
        text,
      ),
    ),
    ...(rules > 0 && idleRules.length === 0
      ? [good("rule", "every keep rule and pattern matches an image")]
      : []),
  ];
}
