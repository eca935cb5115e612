import { blobsIn, type ContentDetails, type ImageContent, type KnownBlob } from "./image-content.js";
import type { ImageId, ManifestDigest } from "../image/image.js";
import { chainIdsOf } from "./layer-chain.js";
import { layerSizes, type LayerEvidence } from "./layer-sizes.js";

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
  /** Null in a store that keeps unpacked layers and nothing else. */
  readonly content: ImageContent | null;
}

/** All that is known of the layers of one engine's images. */
export interface LayerRecord {
  readonly images: ReadonlyMap<ImageId, LearnedImage>;
  /**
   * Every layer of these images, shared ones once. They are numbered, since chain IDs are long and are needed only where
   * an image is new: from 1 on, each higher than the one below it, and the map is in the order of the numbers.
   */
  readonly layers: ReadonlyMap<number, LayerEntry>;
  /** Every blob of these images, shared ones once, by number. */
  readonly blobs: ReadonlyMap<number, KnownBlob>;
  /** What removals have shown of content that could not be read; left out where they have shown nothing. */
  readonly shown?: ShownContent;
}

/** What the change of an engine's account has shown of images whose content could not be read. */
export interface ShownContent {
  /** How much they share of what they can (see estimateContent). */
  readonly sharing: number;
  /** Bytes that stay with the images and that none of them is known to have. */
  readonly unknownBytes: number;
}

export const emptyLayerRecord: LayerRecord = { images: new Map(), layers: new Map(), blobs: new Map() };

/** What the engine reports of an image that is not in the record yet. */
export interface LayerDetails extends LayerEvidence {
  readonly taggedAt: number | null;
  readonly content: ContentDetails | null;
  /** IDs, or digests of platforms, of the images that it was built with; left out where nothing tells. */
  readonly bases?: readonly ManifestDigest[];
}

/**
 * The record with these images added and all dropped that are not present any more. The same record when there is
 * nothing to change.
 */
export function nextLayerRecord(
  record: LayerRecord,
  learned: ReadonlyMap<ImageId, LayerDetails>,
  present: ReadonlyMap<ImageId, unknown>,
): LayerRecord {
  if (learned.size === 0 && areAllPresent(record.images, present)) return record;
  const images = new Map([...record.images].filter(([id]) => present.has(id)));
  const layers = layersOf(images.values(), record);
  const blobs = blobsOf(images.values(), record);
  const learn = learnerOf(layers, blobs);
  // In the order of the listing, so that the numbers do not depend on which answer came first.
  for (const id of present.keys()) {
    const details = learned.get(id);
    if (details !== undefined) images.set(id, learn(details));
  }
  return { ...record, images, layers, blobs };
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
  const hold = (top: number | null): void => {
    for (let next = top; next !== null && !held.has(next); next = layers.get(next)?.below ?? null) {
      held.add(next);
    }
  };
  for (const { top, content } of images) {
    hold(top);
    for (const platform of content?.unpacked ?? []) hold(platform.top);
  }
  return new Map([...layers].filter(([number]) => held.has(number)));
}

function blobsOf(images: Iterable<LearnedImage>, { blobs }: LayerRecord): Map<number, KnownBlob> {
  if (blobs.size === 0) return new Map();
  const held = new Set<number>();
  for (const { content } of images) {
    content?.diffs.forEach((number) => held.add(number));
    if (content?.blobs != null) for (const number of blobsIn(content.blobs)) held.add(number);
  }
  return new Map([...blobs].filter(([number]) => held.has(number)));
}

/** Adds layers and blobs of images to these; a layer whose size one image leaves open may be known from another one's history. */
function learnerOf(
  layers: Map<number, LayerEntry>,
  blobs: Map<number, KnownBlob>,
): (details: LayerDetails) => LearnedImage {
  const numberOf = numbersIn(layers, ({ chainId }) => chainId);
  const blobNumberOf = numbersIn(blobs, ({ digest }) => digest);
  const place = (evidence: LayerEvidence): number | null => {
    const sizes = layerSizes(evidence);
    let below: number | null = null;
    for (const [index, chainId] of chainIdsOf(evidence.diffIds).entries()) {
      const number: number = numberOf(chainId);
      const bytes: number | null = layers.get(number)?.bytes ?? sizes[index] ?? null;
      layers.set(number, { chainId, below, bytes });
      below = number;
    }
    return below;
  };
  const keep = (
    { unpackedBytes, others, blobs: read, ...rest }: ContentDetails,
    top: number | null,
    diffIds: readonly string[],
  ): ImageContent => {
    const own = top === null || unpackedBytes === null ? [] : [{ top, bytes: unpackedBytes }];
    const further = others.flatMap(({ diffIds, unpackedBytes: bytes }) => {
      const platform = place({ diffIds, history: [], sumBytes: bytes });
      return platform === null ? [] : [{ top: platform, bytes }];
    });
    const store = (blob: KnownBlob): number => {
      const number = blobNumberOf(blob.digest);
      // What is not compressed has the digest of what it is unpacked.
      if (blob.bytes !== null || !blobs.has(number)) blobs.set(number, blob);
      return number;
    };
    const numbers = read && {
      ofLayers: read.ofLayers.map((blob) => blob && store(blob)),
      others: read.others.map(store),
    };
    const diffs = read === null ? diffIds.map((digest) => store({ digest, bytes: null })) : [];
    return { ...rest, unpacked: [...own, ...further], blobs: numbers, diffs };
  };
  return (details) => {
    const top = place(details);
    const content = details.content === null ? null : keep(details.content, top, details.diffIds);
    return { top, taggedAt: details.taggedAt, content };
  };
}

/** A new text gets the next number. */
function numbersIn<Entry>(
  entries: ReadonlyMap<number, Entry>,
  textOf: (entry: Entry) => string,
): (text: string) => number {
  const numbers = new Map<string, number>();
  let highest = 0;
  for (const [number, entry] of entries) {
    numbers.set(textOf(entry), number);
    highest = Math.max(highest, number);
  }
  return (text) => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, (highest += 1));
    return highest;
  };
}
