import type { ImageId } from "../image/image.js";
import type { LayerRecord } from "./layer-record.js";

/**
 * Images of the containerd store that may stand on layers that are kept unpacked for another image alone: all of a platform's are
 * another one's, too. By image, digests of the blobs beside which containerd would note that they are kept for it.
 */
export function mayBorrow({ images, layers, blobs }: LayerRecord): ReadonlyMap<ImageId, readonly string[]> {
  const [seen, shared] = [new Set<number>(), new Set<number>()];
  for (const { content } of images.values()) {
    for (const { top } of content?.unpacked ?? []) {
      let next: number | null = top;
      for (; next !== null && !seen.has(next); next = layers.get(next)?.below ?? null) seen.add(next);
      if (next !== null) shared.add(next);
    }
  }
  const found = new Map<ImageId, readonly string[]>();
  for (const [id, { content }] of images) {
    if (content?.blobs == null || !content.unpacked.some(({ top }) => shared.has(top))) continue;
    found.set(
      id,
      content.blobs.others.flatMap((number) => blobs.get(number)?.digest ?? []),
    );
  }
  return found;
}

/** Such an image counts as not unpacked: those layers go with the others that have them. */
export function withoutBorrowed(
  record: LayerRecord,
  kept: ReadonlyMap<ImageId, ReadonlySet<string>>,
): LayerRecord {
  const images = new Map(record.images);
  for (const [id, chainIds] of kept) {
    const image = images.get(id);
    if (image?.content == null) continue;
    const unpacked = image.content.unpacked.filter(({ top }) =>
      chainIds.has(record.layers.get(top)?.chainId ?? ""),
    );
    images.set(id, { ...image, content: { ...image.content, unpacked } });
  }
  return { ...record, images };
}
