import type { Image } from "../image/image.js";
import type { LayerRecord } from "./layer-record.js";

/** Stands for no layer, where an index could be. */
export const none = -1;

/**
 * The layers of all images that are present. What images share is below what tells them apart, so together they are trees.
 * Columns instead of objects: there may be hundreds of thousands, and they are needed for a moment.
 */
export interface LayerTree {
  /** By the layer's number in the record. */
  readonly indexes: ReadonlyMap<number, number>;
  /** Index of the layer below, which is always the lower one; `none` for a lowest layer. */
  readonly below: Int32Array;
  /** NaN where they are open. */
  readonly bytes: Float64Array;
  /** How many layers lie on each. */
  readonly branches: Int32Array;
  /** What is known of sums: the images, or in the containerd store their platforms, whose layers are known. */
  readonly placed: readonly PlacedImage[];
}

/** An image on top of its layers. */
export interface PlacedImage {
  /** Of its layers; where an engine's size counts more and one of them is open, of all that it counts. */
  readonly sizeBytes: number;
  /** `none` for an image without layers. */
  readonly top: number;
}

/** The layers of these images, of which the record holds no others. */
export function growTree(
  images: Iterable<Image>,
  { images: learned, layers }: LayerRecord,
  sizes: "layers-alone" | "more-than-layers",
): LayerTree {
  const indexes = new Map<number, number>();
  const indexOf = (number: number | null) => (number === null ? none : (indexes.get(number) ?? none));
  const below = new Int32Array(layers.size);
  const bytes = new Float64Array(layers.size);
  const branches = new Int32Array(layers.size);
  for (const [number, layer] of layers) {
    const index = indexes.size;
    const lower = indexOf(layer.below);
    below[index] = lower;
    bytes[index] = layer.bytes ?? NaN;
    if (lower !== none) branches[lower] = (branches[lower] ?? 0) + 1;
    indexes.set(number, index);
  }
  const placed: PlacedImage[] = [];
  const sums = sizes === "layers-alone" ? null : sumsOf({ below, bytes });
  for (const { id, sizeBytes } of images) {
    const known = learned.get(id);
    if (known === undefined) continue;
    if (known.content === null) {
      const top = indexOf(known.top);
      const sum = sums === null ? sizeBytes : (sums[top] ?? 0);
      placed.push({ sizeBytes: Number.isNaN(sum) ? sizeBytes : sum, top });
    }
    for (const platform of known.content?.unpacked ?? [])
      placed.push({ sizeBytes: platform.bytes, top: indexOf(platform.top) });
  }
  return { indexes, below, bytes, branches, placed };
}

/** A number of a column. */
export function at(values: Float64Array | Int32Array, index: number): number {
  return values[index] ?? 0;
}

/** The bytes of each layer with all below it; NaN where one of them is open. */
export function sumsOf({ below, bytes }: Pick<LayerTree, "below" | "bytes">): Float64Array {
  const sums = Float64Array.from(bytes);
  for (let index = 0; index < sums.length; index += 1) {
    const lower = below[index] ?? none;
    if (lower !== none) sums[index] = (sums[index] ?? 0) + (sums[lower] ?? 0);
  }
  return sums;
}
