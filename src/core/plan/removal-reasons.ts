import type { ImageFacts } from "../facts/image-facts.js";
import type { ImageId } from "../image/image.js";
import type { KeepReasons } from "./keep-reasons.js";
import { LayerSet } from "../layers/layer-set.js";
import { shownTags } from "../image/shown-names.js";
import { newestOfRepositories } from "../rules/most-recent.js";
import type { RankedImage } from "../facts/order.js";
import type { Policy } from "../policy/policy.js";
import { waitsUntil, type Space } from "../uses/vain-removals.js";
import type { RemoveReason } from "../policy/removal.js";

/** Which limit takes each image that goes. */
export type RemoveReasons = ReadonlyMap<ImageId, RemoveReason>;

/** What the limits choose from. */
export interface Choice {
  readonly order: readonly RankedImage[];
  /** The layers of all images. */
  readonly all: LayerSet;
  readonly kept: KeepReasons;
  /** Of what is kept, what goes as soon as the engine gives it away. */
  readonly stuck: ReadonlySet<ImageId>;
  /** Epoch milliseconds. */
  readonly now: number;
  /** All images, soonest needed first; worked out only where a limit has to choose. */
  readonly soonestNeeded: () => readonly RankedImage[];
}

/**
 * The images that the limits take, of those that may go. Each limit works on what those before it leave: age, versions,
 * quota, bytes to free, free bytes, free inodes. `filesystem` is the present state, null where no limit asks for it.
 */
export function reasonsToRemove(choice: Choice, policy: Policy, filesystem: Space | null): RemoveReasons {
  const removed = new Map<ImageId, RemoveReason>();
  const scene: Scene = { ...choice, removed };
  removeByAge(scene, policy);
  removeByVersions(scene, policy);
  removeByQuota(scene, policy);
  removeToFree(scene, policy);
  // Where removing frees nothing, it goes on freeing nothing until the last image is gone.
  if (filesystem === null || waitsUntil(filesystem.inVain, choice.now) !== null) return removed;
  removeForFreeBytes(scene, policy, filesystem);
  removeForFreeInodes(scene, policy, filesystem);
  return removed;
}

interface Scene extends Choice {
  readonly removed: Map<ImageId, RemoveReason>;
}

/** An untagged parent may be due before its tagged child; it stays with it. The order has children first. */
function removeByAge({ order, kept, removed }: Scene, policy: Policy): void {
  const parentsOfStaying = new Set<ImageId>();
  for (const { facts, idleMs } of order) {
    const { id, parentId } = facts.image;
    const { limitMs, reason } = ageLimitOf(facts, policy);
    const isDue = limitMs !== null && idleMs >= limitMs;
    if (isDue && !kept.has(id) && !parentsOfStaying.has(id)) removed.set(id, reason);
    else if (parentId !== null) parentsOfStaying.add(parentId);
  }
}

/**
 * Of each repository all but the most recently used; an image of several only where it is beyond the number in each. What has no
 * tag is no version of anything, and a parent stays with its child.
 */
function removeByVersions({ order, kept, removed }: Scene, { maxVersions }: Policy): void {
  if (maxVersions === null) return;
  const present = new Map(order.map(({ facts }) => [facts.image.id, facts]));
  const newest = newestOfRepositories(order, maxVersions, present);
  const parentsOfStaying = new Set<ImageId>();
  for (const { facts } of order) {
    const { id, parentId } = facts.image;
    if (removed.has(id)) continue;
    const isBeyond = shownTags(facts.image).length > 0 && !newest.has(id);
    if (isBeyond && !kept.has(id) && !parentsOfStaying.has(id)) removed.set(id, "versions");
    else if (parentId !== null) parentsOfStaying.add(parentId);
  }
}

/** How old this image may become; null where age takes nothing. */
export function ageLimitOf(
  { isUntagged }: ImageFacts,
  { maxAgeMs, untaggedAgeMs }: Policy,
): { readonly limitMs: number | null; readonly reason: RemoveReason } {
  if (isUntagged && untaggedAgeMs !== maxAgeMs) return { limitMs: untaggedAgeMs, reason: "untagged-age" };
  return { limitMs: maxAgeMs, reason: "age" };
}

/** Whether a limit chooses images for the space that they take. */
export function isForSpace(reason: RemoveReason): boolean {
  return reason !== "age" && reason !== "untagged-age" && reason !== "versions";
}

function removeByQuota(scene: Scene, { quotaBytes, quotaTargetBytes }: Policy): void {
  if (quotaBytes === null) return;
  const { stayingBytes, stuckBytes } = bytesThatStay(scene);
  const targetBytes = quotaTargetBytes ?? quotaBytes;
  // A target that only stuck images forbid is given up for the quota itself; a quota likewise for theirs beside it.
  const [extraBytes, goalBytes] =
    stuckBytes === 0 || stayingBytes <= targetBytes
      ? [0, targetBytes]
      : stayingBytes <= quotaBytes
        ? [0, quotaBytes]
        : [stuckBytes, targetBytes];
  if (bytesLeft(scene) > quotaBytes + extraBytes) removeDownTo(scene, goalBytes + extraBytes, "quota");
}

/** What those that go already will free counts. */
function removeForFreeBytes(scene: Scene, { minFreeBytes }: Policy, { freeBytes }: Space): void {
  if (minFreeBytes === null || freeBytes >= minFreeBytes) return;
  freeInAll(scene, minFreeBytes - freeBytes, "min-free");
}

function removeToFree(scene: Scene, { toFreeBytes }: Policy): void {
  if (toFreeBytes !== null) freeInAll(scene, toFreeBytes, "free");
}

/** So many bytes, of which those count that go already. */
function freeInAll(scene: Scene, bytes: number, reason: RemoveReason): void {
  const left = bytesLeft(scene);
  const targetBytes = scene.all.totalBytes - bytes;
  if (left <= targetBytes) return;
  const { stayingBytes, stuckBytes } = bytesThatStay(scene);
  const extraBytes = stayingBytes <= targetBytes ? 0 : stuckBytes;
  if (left > targetBytes + extraBytes) removeDownTo(scene, targetBytes + extraBytes, reason);
}

/**
 * What stays whatever a limit says, and what of it is the stuck images' alone. Their bytes push others out where the limit
 * can be met so. Where it cannot, the others are left what they would have without them: one image that the engine does
 * not give away must not empty a host.
 */
function bytesThatStay({ order, kept, stuck }: Scene): {
  readonly stayingBytes: number;
  readonly stuckBytes: number;
} {
  const staying = new LayerSet();
  for (const { facts } of order)
    if (kept.has(facts.image.id) && !stuck.has(facts.image.id)) staying.add(facts.topLayer);
  const lastingBytes = staying.totalBytes;
  for (const { facts } of order) if (stuck.has(facts.image.id)) staying.add(facts.topLayer);
  return { stayingBytes: staying.totalBytes, stuckBytes: staying.totalBytes - lastingBytes };
}

/**
 * How many inodes an image frees nobody can say before, so each image that would free some may have to go; the run
 * measures after each, and stops as soon as there are enough.
 */
function removeForFreeInodes(
  { order, kept, removed }: Scene,
  { minFreeInodes }: Policy,
  { freeInodes }: Space,
): void {
  if (minFreeInodes === null || freeInodes >= minFreeInodes) return;
  const staying = new LayerSet();
  for (const { facts } of order) if (kept.has(facts.image.id)) staying.add(facts.topLayer);
  for (const { facts } of order) {
    const { id } = facts.image;
    if (kept.has(id) || removed.has(id) || staying.marginalBytes(facts.topLayer) === 0) continue;
    removed.set(id, "min-free-inodes");
  }
}

/**
 * Keeps as much as fits of what is needed soonest: the images that may go are taken in that order, and each
 * one that still fits under the target stays. One whose layers others have anyway costs nothing and stays. An image
 * stays only with its parents.
 */
function removeDownTo(
  { order, kept, removed, soonestNeeded }: Scene,
  targetBytes: number,
  reason: RemoveReason,
): void {
  const staying = new LayerSet();
  for (const { facts } of order) if (kept.has(facts.image.id)) staying.add(facts.topLayer);
  for (const { facts } of soonestNeeded()) {
    const { image, topLayer } = facts;
    if (kept.has(image.id) || removed.has(image.id)) continue;
    const parentGoes = image.parentId !== null && removed.has(image.parentId);
    const marginal = staying.marginalBytes(topLayer);
    const fits = marginal === 0 || staying.totalBytes + marginal <= targetBytes;
    if (!parentGoes && fits) staying.add(topLayer);
    else removed.set(image.id, reason);
  }
}

function bytesLeft({ order, all, removed }: Scene): number {
  if (removed.size === 0) return all.totalBytes;
  const left = new LayerSet(all);
  for (const { facts } of order) if (removed.has(facts.image.id)) left.remove(facts.topLayer);
  return left.totalBytes;
}
