import type { Database } from "better-sqlite3";
import type { LayerRecord } from "../core/layer-record.js";
import { chainBytes } from "./chain-bytes.js";
import { difference } from "./difference.js";

/** Brings the layers of an engine's images from one state to another. Call it inside a transaction. */
export function writeLayers(
  database: Database,
  engineId: number,
  before: LayerRecord,
  after: LayerRecord,
): void {
  // Most runs see no new image, and none go.
  if (before === after) return;
  const layers = difference(
    before.layers,
    after.layers,
    (first, second) => first === second || (first.below === second.below && first.bytes === second.bytes),
  );
  const writeLayer = database.prepare("INSERT OR REPLACE INTO layer VALUES (?, ?, ?, ?)");
  const removeLayer = database.prepare("DELETE FROM layer WHERE engine_id = ? AND chain_id = ?");
  for (const [chainId, { below, bytes }] of layers.changed) {
    writeLayer.run(engineId, chainBytes(chainId), below === null ? null : chainBytes(below), bytes);
  }
  layers.vanished.forEach((chainId) => removeLayer.run(engineId, chainBytes(chainId)));

  const images = difference(
    before.images,
    after.images,
    (first, second) => first === second || (first.top === second.top && first.taggedAt === second.taggedAt),
  );
  const writeImage = database.prepare("INSERT OR REPLACE INTO learned_image VALUES (?, ?, ?, ?)");
  const removeImage = database.prepare("DELETE FROM learned_image WHERE engine_id = ? AND image_id = ?");
  for (const [id, { top, taggedAt }] of images.changed) {
    writeImage.run(engineId, id, top === null ? null : chainBytes(top), taggedAt);
  }
  images.vanished.forEach((id) => removeImage.run(engineId, id));
}
