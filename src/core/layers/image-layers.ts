import { layersWithContent } from "./content-layers.js";
import type { Image, ImageId } from "../image/image.js";
import { boundedBytes } from "./layer-bytes.js";
import type { LayerRecord } from "./layer-record.js";
import {
  isExact,
  onTop,
  unknownLayers,
  type ImageLayers,
  type LayersOfImage,
  type Scene,
} from "./layer-scene.js";
import { growTree, none } from "./layer-tree.js";
import type { Layer } from "./layer-set.js";

/**
 * What an engine's size of an image counts: its layers and nothing else (Docker's classic stores), its configuration and
 * manifest besides, which are its own (Podman), or compressed content besides, which it shares with others (containerd).
 */
export type SizeModel = "layers" | "layers-and-own" | "layers-and-content";

/**
 * The layers of all images together, as those of one may show the bytes of another's. To be asked once for each image.
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
      let [rest, isKnown] = [sizeBytes, true];
      for (let layer = topLayer; layer !== null; layer = layer.below) {
        rest -= layer.bytes;
        isKnown &&= !Number.isNaN(scene.tree.bytes[layer.index]);
      }
      return { topLayer: onTop(scene, Math.max(0, rest), topLayer), exact: isKnown && rest >= 0 };
    };
  },
  "layers-and-content": layersWithContent,
};
