import type { Policy } from "../../core/policy/policy.js";
import { scopeOf } from "../../core/policy/scope.js";
import type { ImageReport } from "../../core/results/run-report.js";

/** The names that spare an image, although `--only` matches another of its names. */
export function alsoNamed({ image, verdict }: ImageReport, { only }: Policy): readonly string[] {
  if (only === null || verdict.kind === "remove" || !verdict.reasons.includes("out-of-scope")) return [];
  const scope = scopeOf(only, image);
  return scope.kind === "inside" ? [] : scope.alsoNamed;
}
