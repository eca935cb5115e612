import type { ImageFacts } from "../facts/image-facts.js";
import type { Image, ImageId } from "../image/image.js";
import { boundedBytes } from "../layers/layer-bytes.js";
import type { SizeModel } from "../layers/image-layers.js";
import type { LayerRecord } from "../layers/layer-record.js";
import { LayerSet } from "../layers/layer-set.js";
import { growTree, none } from "../layers/layer-tree.js";

/** The bytes of all images together, in two ways. */
export interface BytesSplit {
  readonly unpackedBytes: number;
  /** Beside that: what the containerd store keeps compressed, manifests and configurations. */
  readonly contentBytes: number;
  /** Of both, what more than one image has. */
  readonly sharedBytes: number;
}

export function splitBytes(
  images: ReadonlyMap<ImageId, Image>,
  facts: readonly Pick<ImageFacts, "topLayer">[],
  record: LayerRecord,
  model: SizeModel,
): BytesSplit {
  const all = new LayerSet();
  for (const { topLayer } of facts) all.add(topLayer);
  const unpackedBytes = model === "layers-and-content" ? unpackedIn(images, record) : all.totalBytes;
  return {
    unpackedBytes,
    contentBytes: Math.max(0, all.totalBytes - unpackedBytes),
    sharedBytes: sharedIn(all, facts),
  };
}

/** @param all of these */
export function sharedIn(all: LayerSet, facts: readonly Pick<ImageFacts, "topLayer">[]): number {
  let ofEach = 0;
  for (const { topLayer } of facts) {
    ofEach += all.remove(topLayer);
    all.add(topLayer);
  }
  return all.totalBytes - ofEach;
}

function unpackedIn(images: ReadonlyMap<ImageId, Image>, record: LayerRecord): number {
  const tree = growTree(images.values(), record, "more-than-layers");
  const { bytes } = boundedBytes(tree);
  const isUnpacked = new Uint8Array(bytes.length);
  let sum = 0;
  for (const { top } of tree.placed)
    for (let index = top; index !== none && isUnpacked[index] === 0; index = tree.below[index] ?? none) {
      isUnpacked[index] = 1;
      sum += bytes[index] ?? 0;
    }
  return sum;
}
