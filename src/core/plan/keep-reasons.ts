import type { RankedImage } from "../facts/order.js";
import type { ImageId } from "../image/image.js";
import type { Policy } from "../policy/policy.js";
import { keepRules, type KeepReason } from "../rules/keep-rules.js";

/** Why images stay whatever the limits say, in the order of the rules; an image that may go is not in the map. */
export type KeepReasons = ReadonlyMap<ImageId, readonly KeepReason[]>;

export interface Staying {
  readonly reasons: KeepReasons;
  /** Those that nothing keeps but that they, or images built on them, could not be removed before. */
  readonly stuck: ReadonlySet<ImageId>;
}

export function reasonsToKeep(order: readonly RankedImage[], policy: Policy, now: number): Staying {
  const present = new Map(order.map(({ facts }) => [facts.image.id, facts]));
  const parents = new Set<ImageId>();
  const parentsOfLasting = new Set<ImageId>();
  const scene = { order, present, policy, now, parents };
  const rules = keepRules
    .filter(({ isSet }) => isSet(policy))
    .map(({ reason, holds, keeps }, place) => ({ reason, holds, keeps: keeps(scene), bit: 2 ** place }));
  const reasons = new Map<ImageId, readonly KeepReason[]>();
  const stuck = new Set<ImageId>();
  // By the bits of what keeps, so that thousands of images which have the same reasons have the same list of them.
  const known = new Map<number, readonly KeepReason[]>();
  for (const { facts } of order) {
    const { id, parentId } = facts.image;
    let bits = 0;
    let holds = false;
    for (const rule of rules) {
      if (!rule.keeps(facts)) continue;
      bits += rule.bit;
      holds ||= rule.holds !== null;
    }
    if (bits === 0) continue;
    const list = known.get(bits) ?? rules.filter(({ bit }) => (bits & bit) > 0).map(({ reason }) => reason);
    known.set(bits, list);
    reasons.set(id, list);
    const isLasting = holds || parentsOfLasting.has(id);
    if (!isLasting) stuck.add(id);
    if (parentId === null) continue;
    parents.add(parentId);
    if (isLasting) parentsOfLasting.add(parentId);
  }
  return { reasons, stuck };
}
