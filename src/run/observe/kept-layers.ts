import { dirname, join } from "node:path";
import type { Image } from "../../core/image/image.js";
import { mayBorrow, withoutBorrowed } from "../../core/layers/borrowed-layers.js";
import type { LayerRecord } from "../../core/layers/layer-record.js";
import { layersKeptFor } from "../../engine/content/kept-layers.js";
import type { EngineDescription } from "../../engine/port.js";
import { locateContent } from "./locate-images.js";

/**
 * The record without unpacked layers that the store keeps for other images than those that stand on them. Looked up each time, as a
 * pull may change it and nothing tells; and only for the few images that have no layer of their own.
 */
export function keptLayers(
  description: EngineDescription,
  layers: LayerRecord,
  images: Iterable<Image>,
): LayerRecord {
  const { imageStore } = description;
  const doubtful = mayBorrow(layers);
  if (doubtful.size === 0 || imageStore.kind !== "containerd") return layers;
  const content = locateContent(description, images);
  if (content === null) return layers;
  const database = join(dirname(content), "io.containerd.metadata.v1.bolt/meta.db");
  const kept = layersKeptFor(database, imageStore, doubtful);
  return kept === null ? layers : withoutBorrowed(layers, kept);
}
