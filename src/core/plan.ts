import type { ImageFacts } from "./image-facts.js";
import type { ImageId } from "./image.js";
import { LayerSet } from "./layers.js";
import { matchesAny } from "./keep-rules.js";
import type { RankedImage } from "./order.js";
import { ancestorsOf, removalOrder } from "./order.js";
import type { Policy } from "./policy.js";
import type { UnmetLimit } from "./run-report.js";
import type { KeepReason, RemoveReason, Verdict } from "./verdict.js";

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
  readonly unmetLimits: readonly UnmetLimit[];
}

/**
 * Gives every image one verdict. Pure and total: the same facts, policy and time give the same plan, whatever
 * the order of the facts.
 */
export function makePlan(images: readonly ImageFacts[], policy: Policy, now: number): Plan {
  const order = removalOrder(images);
  const kept = reasonsToKeep(order, policy, now);
  const removed = new Map<ImageId, RemoveReason>();
  removeByAge(order, kept, policy, removed);
  removeByQuota(order, kept, policy, removed);
  const deferred = deferBeyond(policy.maxRemovals, order, removed);
  return assemble(order, kept, removed, deferred, policy);
}

/** The reasons that hold whatever the limits say, in the order of the policy; an image without any is not in the map. */
function reasonsToKeep(
  order: readonly RankedImage[],
  policy: Policy,
  now: number,
): ReadonlyMap<ImageId, readonly KeepReason[]> {
  const recent = mostRecentlyUsed(order, policy.keepRecent);
  const reasons = new Map<ImageId, KeepReason[]>();
  for (const { facts } of order) {
    const { image } = facts;
    const own: KeepReason[] = [];
    if (facts.inUseBy.length > 0) own.push("in-use");
    if (matchesAny(policy.keep, image)) own.push("keep-rule");
    if (recent.has(image.id)) own.push("recent");
    if (isInGrace(facts, policy.graceMs, now)) own.push("grace");
    if (policy.only !== null && !matchesAny(policy.only, image)) own.push("out-of-scope");
    if (own.length > 0) reasons.set(image.id, own);
  }
  const present = new Map(order.map(({ facts }) => [facts.image.id, facts]));
  for (const id of parentsOf([...reasons.keys()], present)) {
    const own = reasons.get(id) ?? [];
    const position = own[0] === "in-use" ? 1 : 0;
    reasons.set(id, [...own.slice(0, position), "parent-of-kept", ...own.slice(position)]);
  }
  return reasons;
}

function parentsOf(ids: readonly ImageId[], present: ReadonlyMap<ImageId, ImageFacts>): Set<ImageId> {
  const parents = new Set<ImageId>();
  for (const id of ids) {
    const facts = present.get(id);
    for (const { image } of facts === undefined ? [] : ancestorsOf(facts, present)) parents.add(image.id);
  }
  return parents;
}

/** A parent that is only as recent as its child does not take a place of its own: it stays with the child. */
function mostRecentlyUsed(order: readonly RankedImage[], count: number): Set<ImageId> {
  const recent = new Set<ImageId>();
  if (count === 0) return recent;
  const present = new Map(order.map(({ facts }) => [facts.image.id, facts]));
  const standing = new Set<ImageId>();
  const byUse = order
    .toReversed()
    .sort((first, second) => second.lastUsedAt - first.lastUsedAt || second.depth - first.depth);
  for (const { facts } of byUse) {
    if (recent.size === count) break;
    if (standing.has(facts.image.id)) continue;
    recent.add(facts.image.id);
    for (const { image } of ancestorsOf(facts, present)) standing.add(image.id);
  }
  return recent;
}

/** First seen, pulled, built or used less than the grace time ago. A moment in the future is inside the grace. */
function isInGrace(facts: ImageFacts, graceMs: number, now: number): boolean {
  return now - Math.max(facts.firstSeenAt, facts.lastUse.at) < graceMs;
}

function removeByAge(
  order: readonly RankedImage[],
  kept: ReadonlyMap<ImageId, unknown>,
  { maxAgeMs }: Policy,
  removed: Map<ImageId, RemoveReason>,
): void {
  if (maxAgeMs === null) return;
  for (const { facts, idleMs } of order) {
    if (!kept.has(facts.image.id) && idleMs >= maxAgeMs) removed.set(facts.image.id, "age");
  }
}

/**
 * Keeps as much recent use as fits. Nothing happens while all bytes together are within the quota; over it, the
 * images that may go are taken from the most to the least recently used, and each one that still fits under the
 * target stays. An image stays only with its parents.
 */
function removeByQuota(
  order: readonly RankedImage[],
  kept: ReadonlyMap<ImageId, unknown>,
  { quotaBytes, quotaTargetBytes }: Policy,
  removed: Map<ImageId, RemoveReason>,
): void {
  if (quotaBytes === null) return;
  const rest = order.filter(({ facts }) => !removed.has(facts.image.id));
  const all = new LayerSet();
  for (const { facts } of rest) all.add(facts.layers);
  if (all.totalBytes <= quotaBytes) return;
  const targetBytes = quotaTargetBytes ?? quotaBytes;
  const staying = new LayerSet();
  for (const { facts } of rest) if (kept.has(facts.image.id)) staying.add(facts.layers);
  for (const { facts } of rest.toReversed()) {
    const { image, layers } = facts;
    if (kept.has(image.id)) continue;
    const parentGoes = image.parentId !== null && removed.has(image.parentId);
    if (!parentGoes && staying.totalBytes + staying.marginalBytes(layers) <= targetBytes) staying.add(layers);
    else removed.set(image.id, "quota");
  }
}

/** What has to wait for another run. The order has children first, so no parent goes before its children. */
function deferBeyond(
  maxRemovals: number | null,
  order: readonly RankedImage[],
  removed: ReadonlyMap<ImageId, RemoveReason>,
): ReadonlySet<ImageId> {
  if (maxRemovals === null) return new Set();
  const going = order.filter(({ facts }) => removed.has(facts.image.id));
  return new Set(going.slice(maxRemovals).map(({ facts }) => facts.image.id));
}

function assemble(
  order: readonly RankedImage[],
  kept: ReadonlyMap<ImageId, readonly KeepReason[]>,
  removed: ReadonlyMap<ImageId, RemoveReason>,
  deferred: ReadonlySet<ImageId>,
  policy: Policy,
): Plan {
  const remaining = new LayerSet();
  for (const { facts } of order) remaining.add(facts.layers);
  const beforeBytes = remaining.totalBytes;
  const removals: PlannedImage[] = [];
  const keeps: PlannedImage[] = [];
  for (const { facts } of order) {
    const { id } = facts.image;
    const reason = removed.get(id);
    if (reason !== undefined && !deferred.has(id)) {
      const freedBytes = remaining.remove(facts.layers);
      removals.push({ facts, verdict: { kind: "remove", reasons: [reason] }, freedBytes });
    } else {
      const reasons = kept.get(id) ?? [deferred.has(id) ? "max-removals" : "within-limits"];
      keeps.push({ facts, verdict: { kind: "keep", reasons }, freedBytes: 0 });
    }
  }
  keeps.reverse();
  return {
    removals,
    keeps,
    beforeBytes,
    freedBytes: beforeBytes - remaining.totalBytes,
    unmetLimits: deferred.size > 0 ? [] : unmetLimits(keeps, remaining.totalBytes, policy),
  };
}

function unmetLimits(
  keeps: readonly PlannedImage[],
  remainingBytes: number,
  { quotaBytes }: Policy,
): UnmetLimit[] {
  if (quotaBytes === null || remainingBytes <= quotaBytes) return [];
  return [{ limit: "quota", limitBytes: quotaBytes, remainingBytes, holders: whoHoldsTheBytes(keeps) }];
}

const holderOrder: readonly KeepReason[] = [
  "in-use",
  "keep-rule",
  "recent",
  "grace",
  "out-of-scope",
  "parent-of-kept",
  "within-limits",
  "max-removals",
];

/** Each byte counts once, for the strongest reason that holds it. */
function whoHoldsTheBytes(keeps: readonly PlannedImage[]): UnmetLimit["holders"] {
  const counted = new LayerSet();
  const holders: { reason: KeepReason; bytes: number }[] = [];
  for (const reason of holderOrder) {
    let bytes = 0;
    for (const { facts, verdict } of keeps) {
      const own = new Set<string>(verdict.reasons);
      if (holderOrder.find((candidate) => own.has(candidate)) === reason) bytes += counted.add(facts.layers);
    }
    if (bytes > 0) holders.push({ reason, bytes });
  }
  return holders.sort((first, second) => second.bytes - first.bytes);
}
