import type { Image, ImageId } from "./image.js";
import { boundedBytes, estimatedBytes } from "./layer-bytes.js";
import type { LayerRecord } from "./layer-record.js";
import { growTree, none } from "./layer-tree.js";
import type { Layer } from "./layers.js";

/**
 * What an engine's size of an image counts: its unpacked layers and nothing else (Docker's classic stores), or content
 * besides that belongs to no layer that the API shows (containerd, Podman).
 */
export type SizeModel = "layers" | "layers-and-content";

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
  const tree = growTree(images.values(), record);
  const { bytes, exact } = model === "layers" ? boundedBytes(tree) : estimatedBytes(tree);
  const layers: Layer[] = [];
  const layerAt = (index = none) => layers[index] ?? null;
  for (let index = 0; index < bytes.length; index += 1) {
    layers.push({ index, bytes: bytes[index] ?? 0, below: layerAt(tree.below[index]) });
  }
  // Nobody knows what an image that could not be read shares with the others.
  const allKnown = tree.placed.length === images.size;
  return (image) => {
    const learned = record.images.get(image.id);
    if (learned === undefined) return unknownLayers;
    const topLayer = layerAt(learned.top === null ? none : tree.indexes.get(learned.top));
    if (model !== "layers") return { topLayer: withContent(image, topLayer, layers), exact: false };
    return { topLayer, exact: allKnown && (topLayer === null || exact[topLayer.index] === 1) };
  };
}

/** The rest of an image's size, as a layer of its own on top; `layers` are all that there are so far. */
function withContent({ sizeBytes }: Image, top: Layer | null, layers: Layer[]): Layer | null {
  let rest = sizeBytes;
  for (let layer = top; layer !== null; layer = layer.below) rest -= layer.bytes;
  if (rest <= 0) return top;
  const content: Layer = { index: layers.length, bytes: rest, below: top };
  layers.push(content);
  return content;
}
