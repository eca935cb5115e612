import type { PolicyRecipe } from "../support/values.js";
import type { Random } from "./random.js";

/** Images with a name in this repository stay, whatever the limits say. */
export const keptRepository = "keep/";

/** What a run is asked to remove. */
export interface Limits {
  readonly kind: "nothing" | "age" | "quota";
  readonly maxAgeMs: number | null;
  readonly quotaBytes: number | null;
  readonly graceMs: number;
  readonly keepRecent: number;
}

/** @param totalBytes of all images now */
export function drawLimits(random: Random, totalBytes: number): Limits {
  const kind = random.pick(["nothing", "age", "age", "age", "quota", "quota"] as const);
  return {
    kind,
    maxAgeMs: kind === "age" ? random.between(5, 40) * 100 : null,
    quotaBytes: kind === "quota" ? Math.max(1, Math.floor(totalBytes * random.next())) : null,
    // The quota is compared with a run at another moment: the grace time must not decide there.
    graceMs: kind === "age" ? random.between(0, 10) * 100 : 0,
    keepRecent: random.pick([0, 0, 1, 3]),
  };
}

export function argumentsFor({ maxAgeMs, quotaBytes, graceMs, keepRecent }: Limits): string[] {
  return [
    ...["--max-age", maxAgeMs === null ? "off" : `${maxAgeMs}ms`],
    ...["--quota", quotaBytes === null ? "off" : `${quotaBytes}B`],
    ...["--grace", `${graceMs}ms`, "--keep-recent", String(keepRecent), "--keep", `${keptRepository}**`],
  ];
}

export function recipeFor({ maxAgeMs, quotaBytes, graceMs, keepRecent }: Limits): PolicyRecipe {
  return { maxAgeMs, quotaBytes, graceMs, keepRecent, keep: [`${keptRepository}**`] };
}
