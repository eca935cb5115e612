import type { ImageId } from "../image/image.js";
import { groupOf } from "../returns/return-group.js";
import type { LoggedTagLoss, LoggedUse } from "../returns/return-news.js";
import type { EngineRecord, ImageRecord } from "./checkpoint.js";
import type { Findings } from "./findings.js";
import { isUntagged } from "./untagged.js";

/** The uses of an observation, for the log; by `images`, what the record after it says. What is in use as it was before is no news. */
export function usesSince(
  { checkpoint, images: before }: EngineRecord,
  { listing, replay, holders }: Findings,
  images: ReadonlyMap<ImageId, ImageRecord>,
): LoggedUse[] {
  const used: LoggedUse[] = [];
  const wasInUse = (known: ImageRecord) =>
    known.lastUseKind === "in-use" && known.lastUsedAt === checkpoint?.at;
  for (const [id, known] of images) {
    const previous = before.get(id);
    if (known === previous) continue;
    const image = listing.images.get(id);
    if (image === undefined) continue;
    const isHeld = holders.has(id);
    const wasHeld = previous !== undefined && wasInUse(previous);
    if (isHeld ? wasHeld : known.lastUsedAt === previous?.lastUsedAt) continue;
    const firstAt = Math.min(replay.firstUses.get(id) ?? known.lastUsedAt, known.lastUsedAt);
    const from = wasHeld ? previous.lastUsedAt : firstAt;
    const { repository } = groupOf({ image, isUntagged: false });
    const { sizeBytes } = image;
    used.push({ image: id, from, to: isHeld ? null : known.lastUsedAt, repository, sizeBytes });
  }
  // What others removed once its holder had ended is in use no longer.
  for (const [id, previous] of before) {
    if (images.has(id) || !wasInUse(previous)) continue;
    const { lastUsedAt: from } = previous;
    const to = Math.max(from, replay.uses.get(id)?.at ?? from);
    used.push({ image: id, from, to, repository: "", sizeBytes: 0 });
  }
  return used.sort((first, second) => first.from - second.from || byImage(first, second));
}

/** Which images have lost their last tag in an observation, or have one again; `images` as in `usesSince`. */
export function tagsLostSince(
  { images: before }: EngineRecord,
  { listing, observation }: Findings,
  images: ReadonlyMap<ImageId, ImageRecord>,
): LoggedTagLoss[] {
  const tagsLost: LoggedTagLoss[] = [];
  for (const [id, known] of images) {
    if (known.names === before.get(id)?.names) continue;
    const image = listing.images.get(id);
    if (image === undefined) continue;
    tagsLost.push({ image: id, at: isUntagged(image, known) ? observation.to : null });
  }
  return tagsLost.sort(byImage);
}

/** Not in the order in which the engine lists its images, which is random. */
function byImage(first: { readonly image: ImageId }, second: { readonly image: ImageId }): number {
  return first.image < second.image ? -1 : 1;
}
