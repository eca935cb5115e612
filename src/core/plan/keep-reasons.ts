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
    .map(({ reason, holds, keeps }) => ({ reason, holds, keeps: keeps(scene) }));
  const reasons = new Map<ImageId, readonly KeepReason[]>();
  const stuck = new Set<ImageId>();
  const share = sharer();
  for (const { facts } of order) {
    const { id, parentId } = facts.image;
    const keeping = rules.filter(({ keeps }) => keeps(facts));
    if (keeping.length === 0) continue;
    reasons.set(id, share(keeping.map(({ reason }) => reason)));
    const isLasting = parentsOfLasting.has(id) || keeping.some(({ holds }) => holds !== null);
    if (!isLasting) stuck.add(id);
    if (parentId === null) continue;
    parents.add(parentId);
    if (isLasting) parentsOfLasting.add(parentId);
  }
  return { reasons, stuck };
}

/** The same list for the same reasons: thousands of images have the same ones. */
function sharer(): (reasons: readonly KeepReason[]) => readonly KeepReason[] {
  const known = new Map<string, readonly KeepReason[]>();
  return (reasons) => {
    const key = reasons.join();
    const same = known.get(key) ?? reasons;
    known.set(key, same);
    return same;
  };
}
