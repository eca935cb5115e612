import { byStrongestReason } from "../plan/bytes-held.js";
import { LayerSet } from "../layers/layer-set.js";
import type { Plan } from "../plan/plan.js";
import type { KeepReason } from "../rules/keep-rules.js";
import type { RemoveReason } from "../policy/removal.js";

/** The images that one reason decides over. */
export type VerdictGroup = {
  readonly images: number;
  /** Each byte counts once, in the first group that has it. */
  readonly bytes: number;
} & (
  | { readonly verdict: "keep"; readonly reason: KeepReason }
  | { readonly verdict: "remove"; readonly reason: RemoveReason }
);

/** What goes by its reason, then what stays by its strongest one. The bytes of all groups are those of all images. */
export function verdictGroups({ removals, keeps }: Pick<Plan, "removals" | "keeps">): VerdictGroup[] {
  const going = new Map<RemoveReason, { images: number; bytes: number }>();
  for (const { verdict, freedBytes } of removals) add(going, verdict.reason, freedBytes);
  const staying = new Map<KeepReason, { images: number; bytes: number }>();
  const counted = new LayerSet();
  for (const { facts, reason } of byStrongestReason(keeps)) {
    add(staying, reason, counted.add(facts.topLayer));
  }
  return [
    ...[...going].map(([reason, group]) => ({ verdict: "remove" as const, reason, ...group })),
    ...[...staying].map(([reason, group]) => ({ verdict: "keep" as const, reason, ...group })),
  ];
}

function add<Reason>(
  groups: Map<Reason, { images: number; bytes: number }>,
  reason: Reason,
  bytes: number,
): void {
  const group = groups.get(reason) ?? { images: 0, bytes: 0 };
  groups.set(reason, { images: group.images + 1, bytes: group.bytes + bytes });
}
