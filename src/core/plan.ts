import type { BytesHeld } from "./bytes-held.js";
import { whereTheBytesAre } from "./bytes-held.js";
import type { Filesystem } from "./filesystem.js";
import type { ImageFacts } from "./image-facts.js";
import type { ImageId } from "./image.js";
import type { KeepReasons } from "./keep-reasons.js";
import { reasonsToKeep } from "./keep-reasons.js";
import { LayerSet } from "./layers.js";
import type { RankedImage } from "./order.js";
import { removalOrder } from "./order.js";
import type { Policy } from "./policy.js";
import type { RemoveReasons } from "./removal-reasons.js";
import { reasonsToRemove } from "./removal-reasons.js";
import type { UnmetLimit } from "./unmet-limits.js";
import { unmetByPlan } from "./unmet-limits.js";
import type { KeepReason, Verdict } from "./verdict.js";

/** One image with its verdict. */
export interface PlannedImage {
  readonly facts: ImageFacts;
  readonly verdict: Verdict;
  /** Bytes that its removal frees, given that everything before it in the plan is gone; 0 for what is kept. */
  readonly freedBytes: number;
}

export interface Plan {
  /** In the order in which they go: least recently used first, children before their parents. */
  readonly removals: readonly PlannedImage[];
  /** Most recently used first. */
  readonly keeps: readonly PlannedImage[];
  /** Bytes of all images together. */
  readonly beforeBytes: number;
  /** Bytes that all removals together free. */
  readonly freedBytes: number;
  /** Where the bytes are before anything goes. */
  readonly held: BytesHeld;
  readonly unmetLimits: readonly UnmetLimit[];
}

/**
 * Gives every image one verdict. Pure and total: the same facts, policy, filesystem and time give the same plan,
 * whatever the order of the facts. `filesystem` is null where no limit asks for it.
 */
export function makePlan(
  images: readonly ImageFacts[],
  policy: Policy,
  now: number,
  filesystem: Filesystem | null = null,
): Plan {
  const order = removalOrder(images);
  const { reasons: kept, stuck } = reasonsToKeep(order, policy, now);
  const all = new LayerSet();
  for (const { facts } of order) all.add(facts.topLayer);
  const removed = reasonsToRemove({ order, all, kept, stuck }, policy, filesystem);
  const deferred = deferBeyond(policy.maxRemovals, order, removed);
  const verdicts = assemble(order, all, kept, removed, deferred);
  const unmetLimits = deferred.size > 0 ? [] : unmetByPlan(verdicts, policy, filesystem);
  return { ...verdicts, held: whereTheBytesAre(verdicts.keeps, verdicts.beforeBytes), unmetLimits };
}

/** What has to wait for another run. The order has children first, so no parent goes before its children. */
function deferBeyond(
  maxRemovals: number | null,
  order: readonly RankedImage[],
  removed: RemoveReasons,
): ReadonlySet<ImageId> {
  if (maxRemovals === null) return new Set();
  const going = order.filter(({ facts }) => removed.has(facts.image.id));
  return new Set(going.slice(maxRemovals).map(({ facts }) => facts.image.id));
}

const withinLimits: readonly KeepReason[] = ["within-limits"];
const maxRemovals: readonly KeepReason[] = ["max-removals"];

function assemble(
  order: readonly RankedImage[],
  all: LayerSet,
  kept: KeepReasons,
  removed: RemoveReasons,
  deferred: ReadonlySet<ImageId>,
): Omit<Plan, "held" | "unmetLimits"> {
  // The copy is for what goes, and most runs remove nothing.
  const remaining = removed.size === 0 ? all : new LayerSet(all);
  const beforeBytes = all.totalBytes;
  const removals: PlannedImage[] = [];
  const keeps: PlannedImage[] = [];
  const verdicts = new Map<readonly KeepReason[], Verdict>();
  for (const { facts } of order) {
    const { id } = facts.image;
    const reason = removed.get(id);
    if (reason !== undefined && !deferred.has(id)) {
      const freedBytes = remaining.remove(facts.topLayer);
      removals.push({ facts, verdict: { kind: "remove", reasons: [reason] }, freedBytes });
    } else {
      const reasons = kept.get(id) ?? (deferred.has(id) ? maxRemovals : withinLimits);
      // One verdict for all images of the same reasons, of which there may be many.
      const verdict = verdicts.get(reasons) ?? { kind: "keep", reasons };
      verdicts.set(reasons, verdict);
      keeps.push({ facts, verdict, freedBytes: 0 });
    }
  }
  keeps.reverse();
  return { removals, keeps, beforeBytes, freedBytes: beforeBytes - remaining.totalBytes };
}
