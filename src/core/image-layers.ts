import type { Image, ImageId } from "./image.js";
import { boundedBytes, estimatedBytes } from "./layer-bytes.js";
import type { LayerRecord } from "./layer-record.js";
import { growTree, type LayerNode } from "./layer-tree.js";
import type { Layer } from "./layers.js";

/**
 * What an engine's size of an image counts: its unpacked layers and nothing else (Docker's classic stores), or content
 * besides that belongs to no layer that the API shows (containerd, Podman).
 */
export type SizeModel = "layers" | "layers-and-content";

export interface ImageLayers {
  /** Those that have bytes. */
  readonly layers: readonly Layer[];
  /** True when the bytes of every set of images with this one are known to the byte. */
  readonly exact: boolean;
}

/** An image of which nothing is known counts as nothing: then no other one goes to make room for it. */
const unknownLayers: ImageLayers = { layers: [], exact: false };

/** The layers of all images together, as those of one may tell of another's. */
export function layersOfAll(
  images: ReadonlyMap<ImageId, Image>,
  record: LayerRecord,
  model: SizeModel,
): (id: ImageId) => ImageLayers {
  const tree = growTree(images.values(), record);
  const { bytes, exact } = model === "layers" ? boundedBytes(tree) : estimatedBytes(tree);
  const layers = tree.nodes.map(({ index, chainId }): Layer => ({ chainId, bytes: bytes[index] ?? 0 }));
  const chains = new Map<LayerNode, readonly Layer[]>();
  const found = new Map<ImageId, ImageLayers>();
  // Nobody knows what an image that could not be read shares with the others.
  const allKnown = tree.placed.length === images.size;
  for (const { image, top } of tree.placed) {
    const chain = top === null ? [] : (chains.get(top) ?? chainOf(top, layers));
    if (top !== null) chains.set(top, chain);
    const isExact = model === "layers" && allKnown && (top === null || exact[top.index] === true);
    const own = model === "layers" ? [] : contentOf(image, chain);
    found.set(image.id, { layers: own.length === 0 ? chain : [...chain, ...own], exact: isExact });
  }
  return (id) => found.get(id) ?? unknownLayers;
}

function chainOf(top: LayerNode, layers: readonly Layer[]): Layer[] {
  const chain: Layer[] = [];
  for (let node: LayerNode | null = top; node !== null; node = node.below) {
    const layer = layers[node.index];
    if (layer !== undefined && layer.bytes > 0) chain.push(layer);
  }
  return chain.reverse();
}

/** The rest of an image's size, as a layer of its own. */
function contentOf(image: Image, chain: readonly Layer[]): Layer[] {
  const rest = chain.reduce((left, { bytes }) => left - bytes, image.sizeBytes);
  return rest > 0 ? [{ chainId: `content of ${image.id}`, bytes: rest }] : [];
}
