import { append } from "../text/append.js";
import type { Image, ImageId, ManifestDigest } from "../image/image.js";
import type { LayerDetails, LayerRecord } from "../layers/layer-record.js";
import type { Use } from "./use.js";

/**
 * Images that newly seen ones were built with by what came with them: bases of any stage, and what files were copied from, also
 * where no layer of theirs is in the result. Each with the latest such use.
 */
export function namedBaseUses(
  images: ReadonlyMap<ImageId, Image>,
  learned: ReadonlyMap<ImageId, LayerDetails>,
  arrivals: ReadonlyMap<ImageId, number>,
): ReadonlyMap<ImageId, Use> {
  const uses = new Map<ImageId, Use>();
  const named = [...arrivals].flatMap(([arrival, at]) =>
    (learned.get(arrival)?.bases ?? []).map((digest) => ({ arrival, at, digest })),
  );
  if (named.length === 0) return uses;
  const byDigest = new Map<ManifestDigest, ImageId[]>();
  for (const { id, manifests } of images.values())
    for (const digest of new Set([id, ...(manifests ?? [])])) append(byDigest, digest, id);
  for (const { arrival, at, digest } of named)
    for (const base of byDigest.get(digest) ?? []) noteUse(uses, base, arrival, at);
  return uses;
}

/**
 * Images that newly seen images were built on, each with the latest such use. BuildKit names its base image in no
 * event and in no parent field; but the layers of a base are the beginning of the layers of what is built on it, and
 * a chain ID stands for all layers below it. Where an image adds no layer, its base cannot be distinguished from what a rebuild
 * with another label has superseded, so that is no base.
 *
 * @param arrivals images that are new, with the moment of their own last known use
 */
export function baseUses(
  { images, layers }: LayerRecord,
  arrivals: ReadonlyMap<ImageId, number>,
): ReadonlyMap<ImageId, Use> {
  const uses = new Map<ImageId, Use>();
  if (arrivals.size === 0) return uses;
  const byTop = new Map<number, ImageId[]>();
  for (const [id, { top }] of images) if (top !== null) append(byTop, top, id);
  const belowOf = (layer: number | null) => (layer === null ? null : (layers.get(layer)?.below ?? null));
  for (const [arrival, at] of arrivals) {
    let layer = belowOf(images.get(arrival)?.top ?? null);
    for (; layer !== null; layer = belowOf(layer))
      for (const base of byTop.get(layer) ?? []) noteUse(uses, base, arrival, at);
  }
  return uses;
}

/** Of several the latest counts. */
function noteUse(uses: Map<ImageId, Use>, base: ImageId, arrival: ImageId, at: number): void {
  if ((uses.get(base)?.at ?? -Infinity) < at) uses.set(base, { at, kind: "base", by: `image:${arrival}` });
}
