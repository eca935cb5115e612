import { failedBefore } from "./keep/failed-before.js";
import { grace } from "./keep/grace.js";
import { inUse } from "./keep/in-use.js";
import { label } from "./keep/label.js";
import { local } from "./keep/local.js";
import { nameTooLong } from "./keep/name-too-long.js";
import { newest } from "./keep/newest.js";
import { outOfScope } from "./keep/out-of-scope.js";
import { parentOfKept } from "./keep/parent-of-kept.js";
import { pattern } from "./keep/pattern.js";
import { recent } from "./keep/recent.js";
import { unpullable } from "./keep/unpullable.js";
import type { HeldPlace, KeepRule } from "./keep-rule.js";

/** In the order in which a verdict names them. */
const rules = [
  inUse,
  parentOfKept,
  nameTooLong,
  pattern,
  label,
  newest,
  local,
  unpullable,
  recent,
  grace,
  outOfScope,
  failedBefore,
] as const;

/** What stays by no rule: no limit asks for it, or this run has enough to remove. */
const unruled = [
  { reason: "within-limits", holds: null, endsBy: "time" },
  { reason: "max-removals", holds: null, endsBy: "change" },
] as const satisfies readonly Pick<KeepRule, "reason" | "holds" | "endsBy">[];

export type KeepRuleReason = (typeof rules)[number]["reason"];

/** Why an image stays. */
export type KeepReason = KeepRuleReason | (typeof unruled)[number]["reason"];

export const keepRules: readonly (KeepRule & { readonly reason: KeepRuleReason })[] = rules;

const all = [...keepRules, ...unruled];

export const keepReasons: readonly KeepReason[] = all.map(({ reason }) => reason);

const byReason: ReadonlyMap<KeepReason, (typeof all)[number]> = new Map(
  all.map((each) => [each.reason, each]),
);

/** Where the bytes count of what this reason keeps; null where it holds none for itself. */
export function placeOf(reason: KeepReason): HeldPlace | null {
  return byReason.get(reason)?.holds ?? null;
}

/** Whether time alone, or want of space, ends it. */
export function isPassing(reason: KeepReason): boolean {
  return byReason.get(reason)?.endsBy === "time";
}

/** The strongest first: one that holds no bytes is weaker than each that does. */
export const byStrength: readonly KeepReason[] = [
  ...keepReasons.filter((reason) => placeOf(reason) !== null),
  ...keepReasons.filter((reason) => placeOf(reason) === null),
];
