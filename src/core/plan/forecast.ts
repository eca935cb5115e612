import type { DueRemoval, DueRemovals } from "./due-removals.js";
import type { RankedImage } from "../facts/order.js";
import type { PlannedImage } from "./planned-image.js";
import type { Policy } from "../policy/policy.js";
import type { KeepReason } from "../rules/keep-rules.js";
import { mayGo } from "./due.js";
import { isSpaceLimited } from "../rules/limits.js";

/** What is ahead of an image as long as nothing else changes. */
export type Forecast =
  /** In the next run. */
  | { readonly kind: "goes" }
  /** In one of the next runs: this one has enough to remove. */
  | { readonly kind: "deferred" }
  /** After this much more observed time, in milliseconds, if nobody uses it, and for which limit. */
  | ({ readonly kind: "due" } & DueRemoval)
  /** Only when space is needed, at its place among those that may go; the first is 1. */
  | { readonly kind: "in-line"; readonly place: number; readonly of: number }
  /** Not as long as these hold. */
  | { readonly kind: "stays"; readonly reasons: readonly KeepReason[] }
  /** Never: no limit that is set takes it. */
  | { readonly kind: "unlimited" };

/** `line`: those of the plan that may go, in the order of removal. */
export function forecastOf(
  { facts, verdict }: PlannedImage,
  dueRemovals: DueRemovals,
  line: readonly RankedImage[],
  policy: Policy,
): Forecast {
  if (verdict.kind === "remove") return { kind: "goes" };
  if (verdict.reasons.includes("max-removals")) return { kind: "deferred" };
  const due = dueRemovals.get(facts.image.id);
  if (due !== undefined) return { kind: "due", ...due };
  if (!mayGo(verdict)) return { kind: "stays", reasons: verdict.reasons };
  if (!isSpaceLimited(policy)) return { kind: "unlimited" };
  const place = line.findIndex((each) => each.facts.image.id === facts.image.id) + 1;
  return { kind: "in-line", place, of: line.length };
}
