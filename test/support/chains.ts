import type { BlobsOf } from "../../src/core/layers/image-content.js";
import { chainIdsOf } from "../../src/core/layers/layer-chain.js";
import type { ImageId } from "../../src/core/image/image.js";
import type { LayerEntry, LayerRecord, LearnedImage } from "../../src/core/layers/layer-record.js";

/** An image's layers by name, lowest first; `bytes` has the size of the layer at a place. */
export interface ChainRecipe {
  readonly chain: readonly string[];
  readonly bytes: (place: number) => number | null;
  readonly taggedAt?: number | null;
  /** What the containerd store keeps besides: digests of blobs, where they could be read. */
  readonly content?: { readonly bytes: number; readonly blobs: BlobsOf<string> | null } | null;
}

/** The record of images with these layers; where two tell of one layer, the later counts. */
export function layerRecord(images: Iterable<readonly [ImageId, ChainRecipe]>): LayerRecord {
  const numbers = new Map<string, number>();
  const layers = new Map<number, LayerEntry>();
  const learned = new Map<ImageId, LearnedImage>();
  const blobs = new Map<string, number>();
  const numberOfBlob = (digest: string): number => {
    const number = blobs.get(digest) ?? blobs.size + 1;
    blobs.set(digest, number);
    return number;
  };
  for (const [id, { chain, bytes, taggedAt = null, content = null }] of images) {
    let below: number | null = null;
    for (const [place, chainId] of chainIdsOf(chain).entries()) {
      const number: number = numbers.get(chainId) ?? numbers.size + 1;
      numbers.set(chainId, number);
      layers.set(number, { chainId, below, bytes: bytes(place) });
      below = number;
    }
    const kept = content && {
      listedBytes: content.bytes,
      unpacked: below === null ? [] : [{ top: below, bytes: content.bytes }],
      blobs: content.blobs && {
        ofLayers: content.blobs.ofLayers.map((digest) => (digest === null ? null : numberOfBlob(digest))),
        others: content.blobs.others.map(numberOfBlob),
      },
      diffs: content.blobs === null ? chain.flatMap((name) => chainIdsOf([name])).map(numberOfBlob) : [],
      platformBytes: content.bytes,
      otherBytes: content.bytes,
    };
    learned.set(id, { top: below, taggedAt, content: kept });
  }
  const stored = new Map(
    [...blobs].map(([digest, number]) => [
      number,
      { digest, bytes: digest.endsWith("1") ? null : digest.length },
    ]),
  );
  return { images: learned, layers, blobs: stored };
}
