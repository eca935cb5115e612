import type { Image, ImageId } from "./image.js";
import { boundedBytes, estimatedBytes } from "./layer-bytes.js";
import type { LayerRecord } from "./layer-record.js";
import { growTree } from "./layer-tree.js";
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
 * The layers of all images together, as those of one may tell of another's.
 *
 * @param record of these images and no others
 */
export function layersOfAll(
  images: ReadonlyMap<ImageId, Image>,
  record: LayerRecord,
  model: SizeModel,
): (id: ImageId) => ImageLayers {
  const tree = growTree(images.values(), record);
  const { bytes, exact } = model === "layers" ? boundedBytes(tree) : estimatedBytes(tree);
  const layers: Layer[] = [];
  const layerAt = (index: number | undefined) => (index === undefined ? null : (layers[index] ?? null));
  for (const { index, below } of tree.nodes) {
    layers.push({ index, bytes: bytes[index] ?? 0, below: layerAt(below?.index) });
  }
  const found = new Map<ImageId, ImageLayers>();
  // Nobody knows what an image that could not be read shares with the others.
  const allKnown = tree.placed.length === images.size;
  for (const { image, top } of tree.placed) {
    const isExact = model === "layers" && allKnown && (top === null || exact[top.index] === true);
    const topLayer = layerAt(top?.index);
    found.set(image.id, {
      topLayer: model === "layers" ? topLayer : withContent(image, topLayer, layers),
      exact: isExact,
    });
  }
  return (id) => found.get(id) ?? unknownLayers;
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
