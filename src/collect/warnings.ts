import type { ImageFacts } from "../core/image-facts.js";
import { unmatchedPatterns } from "../core/keep-rules.js";
import type { Policy } from "../core/policy.js";

/** What a person may want to put right; one sentence each. */
export function warningsOf({ keep, only }: Policy, facts: readonly ImageFacts[]): string[] {
  const images = facts.map(({ image }) => image);
  const patterns = [keep, only].flatMap((rules) => (rules === null ? [] : unmatchedPatterns(rules, images)));
  return patterns.map(({ origin, text }) => `${origin}: ${JSON.stringify(text)} matches no image.`);
}
