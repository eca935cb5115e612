import { estimateContent, type ContentBounds, type PackedImage } from "./content-estimate.js";
import { blobsIn } from "./image-content.js";
import type { Image, ImageId } from "./image.js";
import { boundedBytes, type LayerBytes } from "./layer-bytes.js";
import type { LayerRecord, LearnedImage } from "./layer-record.js";
import { growTree, none, type LayerTree } from "./layer-tree.js";
import type { Layer } from "./layers.js";

/**
 * What an engine's size of an image counts: its layers and nothing else (Docker's classic stores), its configuration and
 * manifest besides, which are its own (Podman), or compressed content besides, which it shares with others (containerd).
 */
export type SizeModel = "layers" | "layers-and-own" | "layers-and-content";

export interface ImageLayers {
  /** Null for an image without layers. */
  readonly topLayer: Layer | null;
  /** True when the bytes of every set of images with this one are known to the byte. */
  readonly exact: boolean;
}

/** An image of which nothing is known counts as nothing: then no other one goes to make room for it. */
const unknownLayers: ImageLayers = { topLayer: null, exact: false };

/**
 * The layers of all images together, as those of one may tell of another's. To be asked once for each image.
 *
 * @param record of these images and no others
 */
export function layersOfAll(
  images: ReadonlyMap<ImageId, Image>,
  record: LayerRecord,
  model: SizeModel,
): (image: Image) => ImageLayers {
  const tree = growTree(images.values(), record, model === "layers" ? "layers-alone" : "more-than-layers");
  const unpacked = boundedBytes(tree);
  const layers: Layer[] = [];
  const layerAt = (index = none) => layers[index] ?? null;
  for (let index = 0; index < unpacked.bytes.length; index += 1) {
    const bytes = unpacked.bytes[index] ?? NaN;
    layers.push({ index, bytes: Number.isNaN(bytes) ? 0 : bytes, below: layerAt(tree.below[index]) });
  }
  const scene: Scene = {
    images: [...images.keys()].flatMap((id) => record.images.get(id) ?? []),
    record,
    tree,
    unpacked,
    layers,
    layerOf: (number) => layerAt(number === null ? none : tree.indexes.get(number)),
  };
  // Nobody knows what an image that could not be read shares with the others.
  const allKnown = scene.images.length === images.size;
  const layersOf = byModel[model](scene);
  return (image) => {
    const learned = record.images.get(image.id);
    if (learned === undefined) return unknownLayers;
    const { topLayer, exact } = layersOf(image, learned);
    return { topLayer, exact: allKnown && exact };
  };
}

interface Scene {
  /** Those that are known. */
  readonly images: readonly LearnedImage[];
  readonly record: LayerRecord;
  readonly tree: LayerTree;
  readonly unpacked: LayerBytes;
  /** All that there are so far, by index. */
  readonly layers: Layer[];
  readonly layerOf: (number: number | null) => Layer | null;
}

type LayersOfImage = (image: Image, learned: LearnedImage) => ImageLayers;

const byModel: Readonly<Record<SizeModel, (scene: Scene) => LayersOfImage>> = {
  layers: ({ unpacked, layerOf }) => {
    return (_, { top }) => {
      const topLayer = layerOf(top);
      return { topLayer, exact: isExact(topLayer, unpacked) };
    };
  },
  "layers-and-own": (scene) => {
    return ({ sizeBytes }, { top }) => {
      const topLayer = scene.layerOf(top);
      let [rest, isTold] = [sizeBytes, true];
      for (let layer = topLayer; layer !== null; layer = layer.below) {
        rest -= layer.bytes;
        isTold &&= !Number.isNaN(scene.tree.bytes[layer.index]);
      }
      return { topLayer: onTop(scene, Math.max(0, rest), topLayer), exact: isTold && rest >= 0 };
    };
  },
  "layers-and-content": withContent,
};

function isExact(top: Layer | null, { exact }: LayerBytes): boolean {
  return top === null || exact[top.index] === 1;
}

/** What belongs to one image alone, as a layer on top of what it shares. */
function onTop(
  { layers }: Scene,
  bytes: number,
  below: Layer | null,
  besides: readonly Layer[] = [],
): Layer | null {
  if (bytes === 0 && besides.length === 0) return below;
  const layer: Layer = { index: layers.length, bytes, below, ...(besides.length > 0 ? { besides } : {}) };
  layers.push(layer);
  return layer;
}

/**
 * Each image needs its platforms' unpacked layers, and blobs. What blobs an image has whose content could not be read follows from
 * others where it has layers of theirs; the rest is divided among its layers.
 */
function withContent(scene: Scene): LayersOfImage {
  const { images, record, unpacked, layers, layerOf } = scene;
  const blobOfLayer = blobsByLayer(images, record);
  const estimated = estimateUnread(scene, blobOfLayer);
  const holders = new Map<number, number>();
  for (const image of images)
    for (const number of blobsOf(image, record, blobOfLayer))
      holders.set(number, (holders.get(number) ?? 0) + 1);
  const shared = <Key>(bytesOf: (key: Key) => number): ((key: Key) => Layer) => {
    const known = new Map<Key, Layer>();
    return (key) => {
      const layer = known.get(key) ?? { index: layers.length, bytes: bytesOf(key), below: null };
      if (!known.has(key)) layers.push(layer);
      known.set(key, layer);
      return layer;
    };
  };
  const bytesOfBlob = (number: number) => record.blobs.get(number)?.bytes ?? 0;
  const blobLayer = shared(bytesOfBlob);
  const guessLayer = shared((index: number) => estimated[index] ?? 0);
  const isAllRead = images.every(({ content }) => content?.blobs != null);
  return (_, learned) => {
    const { content, top } = learned;
    if (content === null) return unknownLayers;
    const blobs = blobsOf(learned, record, blobOfLayer);
    const isShared = (number: number) => (holders.get(number) ?? 0) > 1;
    const own = blobs
      .filter((number) => !isShared(number))
      .reduce((sum, number) => sum + bytesOfBlob(number), 0);
    const [lowest = null, ...others] = content.unpacked.map((platform) => layerOf(platform.top));
    const besides = [...blobs.filter(isShared).map(blobLayer), ...others.filter((layer) => layer !== null)];
    const exact = isAllRead && [lowest, ...others].every((layer) => isExact(layer, unpacked));
    if (content.blobs !== null) return { topLayer: onTop(scene, own, lowest, besides), exact };
    const guesses = chainOf(top, record)
      .filter((number) => !blobOfLayer.has(number))
      .map((number) => guessLayer(scene.tree.indexes.get(number) ?? none));
    const divided = [...blobs.map(bytesOfBlob), ...guesses.map(({ bytes }) => bytes)];
    const rest = divided.reduce((left, bytes) => left - bytes, content.platformBytes);
    const bytes = own + Math.max(0, rest) + content.otherBytes;
    return { topLayer: onTop(scene, bytes, lowest, [...besides, ...guesses]), exact };
  };
}

/** Which blob each layer was unpacked from, where an image of it was read. */
function blobsByLayer(images: readonly LearnedImage[], record: LayerRecord): ReadonlyMap<number, number> {
  const blobs = new Map<number, number>();
  for (const { content, top } of images) {
    if (content?.blobs == null) continue;
    for (const [place, layer] of chainOf(top, record).entries()) {
      const blob = content.blobs.ofLayers[place] ?? null;
      if (blob !== null && !blobs.has(layer)) blobs.set(layer, blob);
    }
  }
  return blobs;
}

function blobsOf(
  { content, top }: LearnedImage,
  record: LayerRecord,
  blobOfLayer: ReadonlyMap<number, number>,
): readonly number[] {
  if (content === null) return [];
  if (content.blobs !== null) return [...blobsIn(content.blobs)];
  return [...new Set(chainOf(top, record).flatMap((layer) => blobOfLayer.get(layer) ?? []))];
}

function estimateUnread(
  { images, record, tree, unpacked }: Scene,
  blobOfLayer: ReadonlyMap<number, number>,
): Float64Array {
  const packed = images.flatMap(({ content, top }): PackedImage[] => {
    if (content?.blobs !== null || top === null) return [];
    return [{ top: tree.indexes.get(top) ?? none, bytes: content.platformBytes }];
  });
  if (packed.length === 0) return new Float64Array(0);
  const known = new Map<number, ContentBounds>();
  for (const [layer, blob] of blobOfLayer) {
    const bytes = record.blobs.get(blob)?.bytes ?? 0;
    known.set(tree.indexes.get(layer) ?? none, { least: bytes, most: bytes });
  }
  return estimateContent(tree, unpacked.bytes, packed, known).bytes;
}

/** Numbers of an image's layers, the lowest first. */
function chainOf(top: number | null, { layers }: LayerRecord): number[] {
  const chain: number[] = [];
  for (let next = top; next !== null; next = layers.get(next)?.below ?? null) chain.push(next);
  return chain.reverse();
}
