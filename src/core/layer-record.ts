import type { ImageId } from "./image.js";
import { chainIdsOf } from "./layer-chain.js";
import { layerSizes, type LayerEvidence } from "./layer-sizes.js";

/** A layer of the ledger. Its key is its chain ID, which also stands for all layers below it. */
export interface LayerEntry {
  /** Chain ID of the layer below; null for the lowest. */
  readonly below: string | null;
  /** Null where the engine's history leaves it open. */
  readonly bytes: number | null;
}

/** What an image is known to consist of. An image never changes, so it is asked for once. */
export interface LearnedImage {
  /** Chain ID of its topmost layer; null for an image without layers. */
  readonly top: string | null;
  /** When it was last given a name, as the engine knew at first sight; epoch milliseconds. */
  readonly taggedAt: number | null;
}

/** All that is known of the layers of one engine's images. */
export interface LayerRecord {
  readonly images: ReadonlyMap<ImageId, LearnedImage>;
  /** Every layer of these images, shared ones once. */
  readonly layers: ReadonlyMap<string, LayerEntry>;
}

export const emptyLayerRecord: LayerRecord = { images: new Map(), layers: new Map() };

/** What the engine tells of an image that is not in the record yet. */
export interface ImageLesson extends LayerEvidence {
  readonly taggedAt: number | null;
}

/**
 * The record with these images added and all dropped that are not present any more. The same record when there is
 * nothing to change.
 */
export function nextLayerRecord(
  record: LayerRecord,
  lessons: ReadonlyMap<ImageId, ImageLesson>,
  present: ReadonlyMap<ImageId, unknown>,
): LayerRecord {
  if (lessons.size === 0 && areAllPresent(record.images, present)) return record;
  const images = new Map([...record.images].filter(([id]) => present.has(id)));
  const layers = new Map<string, LayerEntry>();
  for (const { top } of images.values()) copyChain(record, top, layers);
  for (const [id, lesson] of lessons) images.set(id, learnImage(lesson, layers));
  return { images, layers };
}

function areAllPresent(
  images: ReadonlyMap<ImageId, unknown>,
  present: ReadonlyMap<ImageId, unknown>,
): boolean {
  for (const id of images.keys()) if (!present.has(id)) return false;
  return true;
}

function copyChain(record: LayerRecord, top: string | null, layers: Map<string, LayerEntry>): void {
  let next = top;
  while (next !== null && !layers.has(next)) {
    const layer = record.layers.get(next);
    if (layer === undefined) return;
    layers.set(next, layer);
    next = layer.below;
  }
}

/** A layer whose size one image leaves open may be known from another one's history. */
function learnImage(lesson: ImageLesson, layers: Map<string, LayerEntry>): LearnedImage {
  const sizes = layerSizes(lesson);
  let below: string | null = null;
  for (const [index, chainId] of chainIdsOf(lesson.diffIds).entries()) {
    const bytes = layers.get(chainId)?.bytes ?? sizes[index] ?? null;
    layers.set(chainId, { below, bytes });
    below = chainId;
  }
  return { top: below, taggedAt: lesson.taggedAt };
}
