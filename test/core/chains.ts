import { chainIdsOf } from "../../src/core/layer-chain.js";
import type { ImageId } from "../../src/core/image.js";
import type { LayerEntry, LayerRecord, LearnedImage } from "../../src/core/layer-record.js";

/** An image's layers by name, lowest first; `bytes` has the size of the layer at a place. */
export interface ChainRecipe {
  readonly chain: readonly string[];
  readonly bytes: (place: number) => number | null;
  readonly taggedAt?: number | null;
}

/** The record of images with these layers; where two tell of one layer, the later counts. */
export function layerRecord(images: Iterable<readonly [ImageId, ChainRecipe]>): LayerRecord {
  const numbers = new Map<string, number>();
  const layers = new Map<number, LayerEntry>();
  const learned = new Map<ImageId, LearnedImage>();
  for (const [id, { chain, bytes, taggedAt = null }] of images) {
    let below: number | null = null;
    for (const [place, chainId] of chainIdsOf(chain).entries()) {
      const number: number = numbers.get(chainId) ?? numbers.size + 1;
      numbers.set(chainId, number);
      layers.set(number, { chainId, below, bytes: bytes(place) });
      below = number;
    }
    learned.set(id, { top: below, taggedAt });
  }
  return { images: learned, layers };
}
