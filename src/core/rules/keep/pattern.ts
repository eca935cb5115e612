import { matchesAny, matchingPatterns } from "../../policy/patterns.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** `--keep`, `--keep-file` or `--keep-label` matches it. */
export const pattern = {
  ...usual,
  reason: "keep-rule",
  holds: "byRule",
  isSet: ({ keep }) => keep.length > 0,
  keeps:
    ({ policy: { keep } }) =>
    ({ image }) =>
      matchesAny(keep, image),
  finding: ({ image }, { policy: { keep } }) => ({
    by: matchingPatterns(keep, image).map(({ text }) => text),
  }),
} as const satisfies KeepRule;
