import type { ImageId } from "../image/image.js";
import type { RankedImage } from "../facts/order.js";
import type { RemoveReason } from "../policy/removal.js";
import type { LimitScene } from "./limit.js";

/** Takes each image that has a reason to go by itself; a parent stays with its child. The order has children first. */
export function removeEach(
  { order, kept, removed }: LimitScene,
  reasonOf: (ranked: RankedImage) => RemoveReason | null,
): void {
  const parentsOfStaying = new Set<ImageId>();
  for (const ranked of order) {
    const { id, parentId } = ranked.facts.image;
    if (removed.has(id)) continue;
    const reason = kept.has(id) || parentsOfStaying.has(id) ? null : reasonOf(ranked);
    if (reason !== null) removed.set(id, reason);
    else if (parentId !== null) parentsOfStaying.add(parentId);
  }
}
