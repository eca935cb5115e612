import type { ImageId } from "./image.js";
import { chainIdsOf } from "./layer-chain.js";
import { layerSizes, type LayerEvidence } from "./layer-sizes.js";

/** A layer of the ledger. */
export interface LayerEntry {
  /** What the engine stores it under; it also stands for all layers below. */
  readonly chainId: string;
  /** Number of the layer below; null for the lowest. */
  readonly below: number | null;
  /** Null where the engine's history leaves it open. */
  readonly bytes: number | null;
}

/** What an image is known to consist of. An image never changes, so it is asked for once. */
export interface LearnedImage {
  /** Number of its topmost layer; null for an image without layers. */
  readonly top: number | null;
  /** When it was last given a name, as the engine knew at first sight; epoch milliseconds. */
  readonly taggedAt: number | null;
}

/** All that is known of the layers of one engine's images. */
export interface LayerRecord {
  readonly images: ReadonlyMap<ImageId, LearnedImage>;
  /**
   * Every layer of these images, shared ones once. They are numbered, since chain IDs are long and are needed only where
   * an image is new: from 1 on, each higher than the one below it, and the map is in the order of the numbers.
   */
  readonly layers: ReadonlyMap<number, LayerEntry>;
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
  const layers = layersOf(images.values(), record);
  const learn = learnerOf(layers);
  // In the order of the listing, so that the numbers do not depend on which answer came first.
  for (const id of present.keys()) {
    const lesson = lessons.get(id);
    if (lesson !== undefined) images.set(id, learn(lesson));
  }
  return { images, layers };
}

function areAllPresent(
  images: ReadonlyMap<ImageId, unknown>,
  present: ReadonlyMap<ImageId, unknown>,
): boolean {
  for (const id of images.keys()) if (!present.has(id)) return false;
  return true;
}

/** Those that these images consist of. */
function layersOf(images: Iterable<LearnedImage>, { layers }: LayerRecord): Map<number, LayerEntry> {
  const held = new Set<number>();
  for (const { top } of images) {
    for (let next = top; next !== null && !held.has(next); next = layers.get(next)?.below ?? null) {
      held.add(next);
    }
  }
  return new Map([...layers].filter(([number]) => held.has(number)));
}

/** Adds layers of images to these; a layer whose size one image leaves open may be known from another one's history. */
function learnerOf(layers: Map<number, LayerEntry>): (lesson: ImageLesson) => LearnedImage {
  const numbers = new Map<string, number>();
  let highest = 0;
  for (const [number, { chainId }] of layers) {
    numbers.set(chainId, number);
    highest = number;
  }
  return (lesson) => {
    const sizes = layerSizes(lesson);
    let below: number | null = null;
    for (const [index, chainId] of chainIdsOf(lesson.diffIds).entries()) {
      const number: number = numbers.get(chainId) ?? (highest += 1);
      const bytes: number | null = layers.get(number)?.bytes ?? sizes[index] ?? null;
      numbers.set(chainId, number);
      layers.set(number, { chainId, below, bytes });
      below = number;
    }
    return { top: below, taggedAt: lesson.taggedAt };
  };
}
