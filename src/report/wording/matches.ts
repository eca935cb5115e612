import type { ImagePattern } from "../../core/policy/image-pattern.js";
import { matchingPatterns } from "../../core/policy/patterns.js";
import type { Policy } from "../../core/policy/policy.js";
import { scopeOf } from "../../core/policy/scope.js";
import type { ImageReport } from "../../core/results/run-report.js";

/** The keep patterns that match an image, in the order they were given. */
export function matchingKeepPatterns({ image }: ImageReport, { keep }: Policy): readonly ImagePattern[] {
  return matchingPatterns(keep, image);
}

/** The names that spare an image, although `--only` matches another of its names. */
export function alsoNamed({ image, verdict }: ImageReport, { only }: Policy): readonly string[] {
  if (only === null || verdict.kind === "remove" || !verdict.reasons.includes("out-of-scope")) return [];
  const scope = scopeOf(only, image);
  return scope.kind === "inside" ? [] : scope.alsoNamed;
}
