import type { ImageFacts } from "../facts/image-facts.js";
import type { ImageId } from "../image/image.js";
import { shownTags } from "../image/shown-names.js";
import { pastAfter } from "./need-order.js";
import type { RankedImage } from "../facts/order.js";
import { makePlan, type PlanScene } from "./plan.js";
import { dueInMs, mayGo } from "./due.js";
import { limits } from "../rules/limits.js";
import { age, ageLimitOf } from "../rules/limits/age.js";
import type { RemoveReason } from "../policy/removal.js";

/** When an image goes if nothing happens but that time passes, all of it observed. */
export interface DueRemoval {
  /** Milliseconds from now; 0 for the next run. */
  readonly inMs: number;
  /** The limit that takes it. */
  readonly reason: RemoveReason;
  /** The image built on it, by a tag or its ID, that it is due before and goes together with; null where there is none. */
  readonly withChild: string | null;
}

export type DueRemovals = ReadonlyMap<ImageId, DueRemoval>;

/**
 * Asks the planner about each moment at which an image may become due: its age limit, the end of its grace, the next try of
 * a removal that failed. What one moment takes is gone at the next, and its bytes are free. Of very many moments the soonest
 * are asked about; behind them, images are due for their age.
 */
export function findDueRemovals(scene: PlanScene): DueRemovals {
  const { plan, policy, now, filesystem, readPast } = scene;
  const { order } = plan;
  const found = new Map<ImageId, DueRemoval>();
  let [left, free] = [order.map(({ facts }) => facts), filesystem];
  const { asked, isAll } = onlyAgeTakes(scene) ? { asked: [], isAll: false } : momentsOf(scene);
  for (const ms of asked) {
    const aged = left.map((each) => later(each, ms, now + ms));
    // What is to be freed once is not freed again later.
    const toFreeBytes = ms === 0 ? policy.toFreeBytes : null;
    const then = { ...policy, maxRemovals: null, toFreeBytes };
    const { removals, freedBytes } = makePlan(aged, then, now + ms, free, () => pastAfter(readPast(), ms));
    if (removals.length === 0) continue;
    for (const { facts, verdict } of removals)
      found.set(facts.image.id, { inMs: ms, reason: verdict.reason, withChild: null });
    left = left.filter(({ image }) => !found.has(image.id));
    if (free !== null) free = { ...free, freeBytes: free.freeBytes + freedBytes };
  }
  if (!isAll) addAges(found, scene);
  const parents = new Set(order.flatMap(({ facts }) => facts.image.parentId ?? []));
  for (const ranked of order) {
    const { id } = ranked.facts.image;
    const own = found.get(id);
    if (own === undefined || !parents.has(id)) continue;
    found.set(id, { ...own, withChild: childThatHolds(ranked, own.inMs, found, scene) });
  }
  return found;
}

/** In proportion, so that a host with 10,000 images waits no longer than one with a few hundred. */
const plannedImagesAtMost = 30_000;
const leastMoments = 4;

function momentsOf({ plan, policy, now }: PlanScene): {
  readonly asked: readonly number[];
  readonly isAll: boolean;
} {
  const unlimited = { ...policy, maxAgeMs: 0, untaggedAgeMs: 0 };
  const moments = new Set([0]);
  for (const ranked of plan.order) {
    if (ranked.facts.inUseBy.length > 0) continue;
    moments.add(dueInMs(ranked, policy, now) ?? 0).add(dueInMs(ranked, unlimited, now) ?? 0);
  }
  const limit = Math.max(leastMoments, Math.floor(plannedImagesAtMost / Math.max(plan.order.length, 1)));
  const soonest = Float64Array.from(moments).sort().subarray(0, limit);
  return { asked: [...soonest], isAll: moments.size <= limit };
}

/**
 * Where nothing goes now and all limits are met, bytes only come free with time: no other limit takes anything before an image's
 * age does, and that needs no planner where no image waits for another.
 */
function onlyAgeTakes({ plan, policy }: PlanScene): boolean {
  return (
    plan.removals.length === 0 &&
    plan.unmetLimits.length === 0 &&
    policy.maxRemovals !== 0 &&
    limits.every((each) => each === age || each.decidesBy !== "image" || !each.isSet(policy)) &&
    plan.order.every(({ facts }) => facts.image.parentId === null)
  );
}

/** The same image after so much more time. */
function later(facts: ImageFacts, ms: number, at: number): ImageFacts {
  const isHeld = facts.inUseBy.length > 0;
  const retryAt = facts.retryAt !== null && facts.retryAt > at ? facts.retryAt : null;
  return { ...facts, idleMs: isHeld ? facts.idleMs : facts.idleMs + ms, retryAt };
}

/** A parent goes no sooner than what is built on it. The order has children first. */
function addAges(found: Map<ImageId, DueRemoval>, { plan, policy, now }: PlanScene): void {
  const waiting = new Set(
    plan.keeps.filter(({ verdict }) => mayGo(verdict)).map((each) => each.facts.image.id),
  );
  const staysFor = new Map<ImageId, number>();
  for (const ranked of plan.order) {
    const { id, parentId } = ranked.facts.image;
    const own = waiting.has(id) ? dueInMs(ranked, policy, now) : null;
    const inMs = found.get(id)?.inMs ?? Math.max(own ?? Infinity, staysFor.get(id) ?? 0);
    if (parentId !== null) staysFor.set(parentId, Math.max(staysFor.get(parentId) ?? 0, inMs));
    if (found.has(id) || inMs === Infinity) continue;
    found.set(id, { inMs, reason: ageLimitOf(ranked.facts, policy).reason, withChild: null });
  }
}

/** A parent that is due by itself stays with its child until that goes, too. */
function childThatHolds(
  ranked: RankedImage,
  inMs: number,
  found: DueRemovals,
  { plan, policy, now }: PlanScene,
): string | null {
  if ((dueInMs(ranked, policy, now) ?? inMs) >= inMs) return null;
  const child = plan.order.find(
    ({ facts: { image } }) => image.parentId === ranked.facts.image.id && found.get(image.id)?.inMs === inMs,
  );
  return child === undefined ? null : (shownTags(child.facts.image)[0] ?? child.facts.image.id);
}
