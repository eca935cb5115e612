import type { Image } from "../image/image.js";
import type { LayerBytes } from "./layer-bytes.js";
import type { LayerRecord, LearnedImage } from "./layer-record.js";
import type { LayerTree } from "./layer-tree.js";
import type { Layer } from "./layer-set.js";

export interface ImageLayers {
  /** Null for an image without layers. */
  readonly topLayer: Layer | null;
  /** True when the bytes of every set of images with this one are known to the byte. */
  readonly exact: boolean;
}

/** An image of which nothing is known counts as nothing: then no other one goes to make room for it. */
export const unknownLayers: ImageLayers = { topLayer: null, exact: false };

/** What the layers of images are made from. */
export interface Scene {
  /** Those that are known. */
  readonly images: readonly LearnedImage[];
  readonly record: LayerRecord;
  readonly tree: LayerTree;
  readonly unpacked: LayerBytes;
  /** All that there are so far, by index. */
  readonly layers: Layer[];
  readonly layerOf: (number: number | null) => Layer | null;
}

export type LayersOfImage = (image: Image, learned: LearnedImage) => ImageLayers;

export function isExact(top: Layer | null, { exact }: LayerBytes): boolean {
  return top === null || exact[top.index] === 1;
}

/** What belongs to one image alone, as a layer on top of what it shares. */
export function onTop(
  { layers }: Scene,
  bytes: number,
  below: Layer | null,
  more: Pick<Layer, "besides" | "slack"> = {},
): Layer | null {
  if (bytes === 0 && (more.besides ?? []).length === 0) return below;
  const layer: Layer = { index: layers.length, bytes, below, ...more };
  layers.push(layer);
  return layer;
}
