import type { Database } from "../sqlite/database.js";
import type { LayerEntry, LayerRecord } from "../../core/layers/layer-record.js";
import { chainBytes } from "./chain-bytes.js";
import { difference } from "./difference.js";

/** Brings the layers of an engine's images from one state to another. Call it inside a transaction. */
export function writeLayers(
  database: Database,
  engineId: number,
  before: LayerRecord["layers"],
  after: LayerRecord["layers"],
): void {
  // Most runs see no new image, and none go.
  if (before === after) return;
  const { changed, vanished } = difference(before, after, isSameLayer);
  const write = database.prepare("INSERT OR REPLACE INTO layer VALUES (?, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM layer WHERE engine_id = ? AND number = ?");
  for (const [number, { chainId, below, bytes }] of changed) {
    write.run(engineId, number, chainBytes(chainId), below, bytes);
  }
  vanished.forEach((number) => remove.run(engineId, number));
}

function isSameLayer(first: LayerEntry, second: LayerEntry): boolean {
  if (first === second) return true;
  return first.chainId === second.chainId && first.below === second.below && first.bytes === second.bytes;
}
