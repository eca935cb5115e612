import {
  estimateContent,
  type ContentBounds,
  type EstimatedContent,
  type PackedImage,
} from "./content-estimate.js";
import { blobsIn } from "./image-content.js";
import type { LayerRecord, LearnedImage } from "./layer-record.js";
import { isExact, onTop, unknownLayers, type LayersOfImage, type Scene } from "./layer-scene.js";
import { none } from "./layer-tree.js";
import type { Layer } from "./layer-set.js";

/**
 * Each image needs its platforms' unpacked layers, and blobs. What blobs an image has whose content could not be read follows from
 * others where it has layers of theirs; the rest is divided among its layers.
 */
export function layersWithContent(scene: Scene): LayersOfImage {
  const { images, record, unpacked, layers, layerOf } = scene;
  const blobOfLayer = blobsByLayer(images, record);
  const guessed = guessesOf(scene, blobOfLayer);
  const holders = new Map<number, number>();
  for (const image of images)
    for (const number of blobsOf(image, record, blobOfLayer))
      holders.set(number, (holders.get(number) ?? 0) + 1);
  const bytesOfBlob = (number: number) => record.blobs.get(number)?.bytes ?? 0;
  const blobLayers = new Map<number, Layer>();
  const blobLayer = (number: number): Layer => {
    const layer = blobLayers.get(number) ?? { index: layers.length, bytes: bytesOfBlob(number), below: null };
    if (!blobLayers.has(number)) layers.push(layer);
    blobLayers.set(number, layer);
    return layer;
  };
  const isAllRead = images.every(({ content }) => content?.blobs != null);
  // It is there as long as any image is.
  const unknown = onTop(scene, isAllRead ? 0 : (record.shown?.unknownBytes ?? 0), null);
  return (_, learned) => {
    const { content, top } = learned;
    if (content === null) return unknownLayers;
    const blobs = blobsOf(learned, record, blobOfLayer);
    const isShared = (number: number) => (holders.get(number) ?? 0) > 1;
    const own = blobs
      .filter((number) => !isShared(number))
      .reduce((sum, number) => sum + bytesOfBlob(number), 0);
    const [lowest = null, ...others] = content.unpacked.map((platform) => layerOf(platform.top));
    const besides = [...blobs.filter(isShared).map(blobLayer), ...others, unknown].filter(
      (layer) => layer !== null,
    );
    const exact = isAllRead && [lowest, ...others].every((layer) => isExact(layer, unpacked));
    if (content.blobs !== null) return { topLayer: onTop(scene, own, lowest, { besides }), exact };
    const guess = guessed(chainOf(top, record).filter((number) => !blobOfLayer.has(number)));
    let rest = blobs.reduce((left, number) => left - bytesOfBlob(number), content.platformBytes);
    for (const each of allOf(guess)) rest -= each.bytes;
    // Other platforms may share it all with others, and the engine counts twice what two of them have.
    const slack = { sharedBytes: 0, ownBytes: content.otherBytes };
    const elsewhere = onTop(scene, content.otherBytes, null, { slack });
    const needed = [...besides, guess, elsewhere].filter((layer) => layer !== null);
    return { topLayer: onTop(scene, own + Math.max(0, rest), lowest, { besides: needed }), exact };
  };
}

/** Which blob each layer was unpacked from, where an image of it was read. */
function blobsByLayer(images: readonly LearnedImage[], record: LayerRecord): ReadonlyMap<number, number> {
  const blobs = new Map<number, number>();
  for (const { content, top } of images) {
    if (content === null) continue;
    // What is not compressed is known by the same digest.
    const isRead = (number: number | null) => (record.blobs.get(number ?? 0)?.bytes ?? null) !== null;
    const numbers = content.blobs?.ofLayers ?? content.diffs;
    for (const [place, layer] of chainOf(top, record).entries()) {
      const blob = numbers[place] ?? null;
      if (blob !== null && isRead(blob) && !blobs.has(layer)) blobs.set(layer, blob);
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

/** Answers with what the layers of a chain are estimated to have, each on those below it. */
function guessesOf(
  scene: Scene,
  blobOfLayer: ReadonlyMap<number, number>,
): (chain: readonly number[]) => Layer | null {
  const { layers, tree } = scene;
  const alike = layersByDiff(scene, blobOfLayer);
  const estimated = estimateUnread(scene, blobOfLayer, alike.values());
  // What lies on several bases is packed once.
  const blobOf = new Map<number, Layer>();
  for (const group of alike.values()) {
    const [index = none] = group;
    const slack = { sharedBytes: estimated.ownSlack[index] ?? 0, ownBytes: 0 };
    const bytes = Math.min(...group.map((each) => estimated.bytes[each] ?? 0));
    const layer: Layer = { index: layers.length, bytes, below: null, slack };
    layers.push(layer);
    for (const each of group) blobOf.set(each, layer);
  }
  const guesses = new Map<number, Layer>();
  const guessOf = (number: number, below: Layer | null): Layer => {
    const index = tree.indexes.get(number) ?? none;
    const blob = blobOf.get(index);
    const bytes = (estimated.bytes[index] ?? 0) - (blob?.bytes ?? 0);
    const slack = { sharedBytes: estimated.slack[index] ?? 0, ownBytes: 0 };
    return { index: layers.length, bytes, below, slack, ...(blob === undefined ? {} : { besides: [blob] }) };
  };
  return (chain) => {
    let below: Layer | null = null;
    for (const number of chain) {
      const layer: Layer = guesses.get(number) ?? guessOf(number, below);
      if (!guesses.has(number)) layers.push(layer);
      guesses.set(number, layer);
      below = layer;
    }
    return below;
  };
}

/** Indexes of layers that are unpacked the same on several bases, by what they are. */
function layersByDiff(
  { images, record, tree }: Scene,
  blobOfLayer: ReadonlyMap<number, number>,
): ReadonlyMap<number, readonly number[]> {
  const alike = new Map<number, Set<number>>();
  for (const { content, top } of images) {
    if (content?.blobs !== null) continue;
    for (const [place, layer] of chainOf(top, record).entries()) {
      const diff = content.diffs[place];
      if (diff === undefined || blobOfLayer.has(layer)) continue;
      const known = alike.get(diff) ?? new Set();
      alike.set(diff, known.add(tree.indexes.get(layer) ?? none));
    }
  }
  return new Map([...alike].flatMap(([diff, indexes]) => (indexes.size > 1 ? [[diff, [...indexes]]] : [])));
}

function estimateUnread(
  { images, record, tree, unpacked }: Scene,
  blobOfLayer: ReadonlyMap<number, number>,
  alike: Iterable<readonly number[]>,
): EstimatedContent {
  const packed = images.flatMap(({ content, top }): PackedImage[] => {
    if (content?.blobs !== null || top === null) return [];
    return [{ top: tree.indexes.get(top) ?? none, bytes: content.platformBytes }];
  });
  if (packed.length === 0) return nothingEstimated;
  const known = new Map<number, ContentBounds>();
  for (const [layer, blob] of blobOfLayer) {
    const bytes = record.blobs.get(blob)?.bytes ?? 0;
    known.set(tree.indexes.get(layer) ?? none, { least: bytes, most: bytes });
  }
  return estimateContent(tree, unpacked.bytes, packed, known, alike, record.shown?.sharing);
}

const empty = new Float64Array(0);
const nothingEstimated: EstimatedContent = { bytes: empty, ownSlack: empty, slack: empty };

/** Numbers of an image's layers, the lowest first. */
function chainOf(top: number | null, { layers }: LayerRecord): number[] {
  const chain: number[] = [];
  for (let next = top; next !== null; next = layers.get(next)?.below ?? null) chain.push(next);
  return chain.reverse();
}

/** Each once. */
function allOf(top: Layer | null): ReadonlySet<Layer> {
  const all = new Set<Layer>();
  for (let layer = top; layer !== null; layer = layer.below) {
    all.add(layer);
    for (const other of layer.besides ?? []) all.add(other);
  }
  return all;
}
