import { LayerSet } from "../layers/layer-set.js";
import type { RemoveReason } from "../policy/removal.js";
import type { LimitScene } from "./limit.js";

/** Frees so many bytes, of which those count that go already. */
export function freeInAll(scene: LimitScene, bytes: number, reason: RemoveReason): void {
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
export function bytesThatStay({ order, kept, stuck }: LimitScene): {
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
 * Keeps as much as fits of what is needed soonest: the images that may go are taken in that order, and each
 * one that still fits under the target stays. One whose layers others have anyway costs nothing and stays. An image
 * stays only with its parents.
 */
export function removeDownTo(
  { order, kept, removed, soonestNeeded }: LimitScene,
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

export function bytesLeft({ order, all, removed }: LimitScene): number {
  if (removed.size === 0) return all.totalBytes;
  const left = new LayerSet(all);
  for (const { facts } of order) if (removed.has(facts.image.id)) left.remove(facts.topLayer);
  return left.totalBytes;
}
