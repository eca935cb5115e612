import type { ImageFacts } from "./image-facts.js";
import type { Image, ImageId } from "../image/image.js";
import { asksToBeKept } from "../policy/keep-label.js";
import { matchesAny } from "../policy/patterns.js";
import { isCut } from "../text/known-text.js";
import { mostRecentlyUsed, newestOfRepositories } from "./most-recent.js";
import type { RankedImage } from "./order.js";
import type { Policy } from "../policy/policy.js";
import { scopeOf } from "../policy/scope.js";
import type { KeepReason } from "../policy/verdict.js";

/** Why images stay whatever the limits say, in the order of the policy; an image that may go is not in the map. */
export type KeepReasons = ReadonlyMap<ImageId, readonly KeepReason[]>;

export interface Staying {
  readonly reasons: KeepReasons;
  /** Those that nothing keeps but that they, or images built on them, could not be removed before. */
  readonly stuck: ReadonlySet<ImageId>;
}

export function reasonsToKeep(order: readonly RankedImage[], policy: Policy, now: number): Staying {
  const present = new Map(order.map(({ facts }) => [facts.image.id, facts]));
  const recent = mostRecentlyUsed(order, policy.keepRecent, present);
  const newest = newestOfRepositories(order, policy.keepNewest, present);
  const reasons = new Map<ImageId, readonly KeepReason[]>();
  const byRule: ImageId[] = [];
  const share = sharer();
  for (const { facts } of order) {
    const { image } = facts;
    const own: KeepReason[] = [];
    if (facts.inUseBy.length > 0) own.push("in-use");
    if (hasCutName(image)) own.push("name-too-long");
    if (matchesAny(policy.keep, image)) own.push("keep-rule");
    if (policy.keepLabel === "heeded" && asksToBeKept(image)) own.push("label");
    if (newest.has(image.id)) own.push("newest");
    if (policy.keepLocal === "all" && !facts.inRegistry) own.push("local");
    if (recent.has(image.id)) own.push("recent");
    if (isInGrace(facts, policy.graceMs, now)) own.push("grace");
    if (policy.only !== null && scopeOf(policy.only, image).kind === "outside") own.push("out-of-scope");
    if (own.length > 0) byRule.push(image.id);
    if (facts.retryAt !== null) own.push("failed-before");
    if (own.length > 0) reasons.set(image.id, share(own));
  }
  const isStuck = reasons.size > byRule.length;
  const lasting = isStuck ? new Set([...byRule, ...parentsOf(byRule, present)]) : null;
  for (const id of parentsOf(reasons.keys(), present)) {
    const own = reasons.get(id) ?? [];
    const position = own[0] === "in-use" ? 1 : 0;
    reasons.set(id, share([...own.slice(0, position), "parent-of-kept", ...own.slice(position)]));
  }
  const stuck = lasting === null ? [] : [...reasons.keys()].filter((id) => !lasting.has(id));
  return { reasons, stuck: new Set(stuck) };
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

/** No rule can go by such a name, and no removal can ask for it: it might be anything. */
function hasCutName({ tags, digests }: Image): boolean {
  return tags.some(isCut) || digests.some(isCut);
}

/** Every ancestor once: where one has been seen, its own have been, too. */
function parentsOf(ids: Iterable<ImageId>, present: ReadonlyMap<ImageId, ImageFacts>): Set<ImageId> {
  const parents = new Set<ImageId>();
  for (const id of ids) {
    let parent = present.get(id)?.image.parentId ?? null;
    while (parent !== null && !parents.has(parent)) {
      const facts = present.get(parent);
      if (facts === undefined) break;
      parents.add(parent);
      parent = facts.image.parentId;
    }
  }
  return parents;
}

/** First seen, pulled, built or used less than the grace time ago, by time awake. */
function isInGrace(facts: ImageFacts, graceMs: number, now: number): boolean {
  return now - graceStart(facts) < graceMs;
}

/** Epoch milliseconds. */
export function graceStart({ seenAt, usedAt }: ImageFacts): number {
  return Math.max(seenAt, usedAt);
}
