import type { Database } from "better-sqlite3";
import { toImageId } from "../core/image.js";
import type { ImageId } from "../core/image.js";
import type { LayerEntry, LayerRecord, LearnedImage } from "../core/layer-record.js";
import { emptyLayerRecord } from "../core/layer-record.js";
import { chainIdOf } from "./chain-bytes.js";
import { damagedLedger } from "./ledger-failure.js";

interface LayerRow {
  readonly chain_id: Buffer;
  readonly below: Buffer | null;
  readonly bytes: number | null;
}

interface LearnedImageRow {
  readonly image_id: string;
  readonly top_layer: Buffer | null;
  readonly tagged_at: number | null;
}

/** Throws a Failure of code `ledger`, which names `path`, for rows that contradict each other. */
export function readLayers(database: Database, path: string, engineId: bigint): LayerRecord {
  const layers = new Map<string, LayerEntry>();
  const images = new Map<ImageId, LearnedImage>();
  const layerRows = database.prepare<[bigint], LayerRow>(
    "SELECT chain_id, below, bytes FROM layer WHERE engine_id = ?",
  );
  // Every layer is the one below of many others: one text for all of them.
  const texts = new Map<string, string>();
  const textOf = (bytes: Buffer): string => {
    const text = chainIdOf(bytes);
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  for (const { chain_id, below, bytes } of layerRows.iterate(engineId)) {
    const entry = {
      below: below === null ? null : textOf(below),
      bytes: bytes === null ? null : safe(path, bytes),
    };
    layers.set(textOf(chain_id), entry);
  }
  for (const { below } of layers.values()) {
    if (below !== null && !layers.has(below)) throw damagedLedger(path, "it lacks a layer");
  }
  const imageRows = database.prepare<[bigint], LearnedImageRow>(
    "SELECT image_id, top_layer, tagged_at FROM learned_image WHERE engine_id = ?",
  );
  for (const { image_id, top_layer, tagged_at } of imageRows.iterate(engineId)) {
    const id = toImageId(image_id);
    if (id === null) throw damagedLedger(path, `it has an unknown image ID, ${JSON.stringify(image_id)}`);
    const top = top_layer === null ? null : textOf(top_layer);
    if (top !== null && !layers.has(top)) throw damagedLedger(path, "it lacks a layer");
    images.set(id, { top, taggedAt: tagged_at === null ? null : safe(path, tagged_at) });
  }
  return layers.size + images.size === 0 ? emptyLayerRecord : { images, layers };
}

function safe(path: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw damagedLedger(path, `it has an unknown number, ${value}`);
}
