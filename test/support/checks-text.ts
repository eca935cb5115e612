import type { Check } from "../../src/core/results/checkup.js";

/** A line for each check: its state, what was found, and what to do. */
export function checksText(checks: Check | readonly Check[]): string {
  return [checks]
    .flat()
    .map((check) => [check.state, check.found, "remedy" in check ? check.remedy : ""].join(" ").trim())
    .join("\n");
}
