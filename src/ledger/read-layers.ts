import type { Database } from "better-sqlite3";
import type { ImageId } from "../core/image.js";
import type { LayerEntry, LayerRecord, LearnedImage } from "../core/layer-record.js";
import { emptyLayerRecord } from "../core/layer-record.js";
import { chainIdText } from "./chain-bytes.js";
import { damagedLedger } from "./ledger-failure.js";

type LayerRow = readonly [chainId: string, below: string | null, bytes: number | null];
type LearnedImageRow = readonly [imageId: string, top: string | null, taggedAt: number | null];

/** Throws a Failure of code `ledger`, which names `path`, for rows that contradict each other. `toId` throws likewise. */
export function readLayers(
  database: Database,
  path: string,
  engineId: bigint,
  toId: (text: string) => ImageId,
): LayerRecord {
  const layers = new Map<string, LayerEntry>();
  const images = new Map<ImageId, LearnedImage>();
  // Rows as arrays: as objects they take twice as long.
  const layerRows = database
    .prepare<[bigint], LayerRow>(
      `SELECT ${chainIdText("chain_id")}, ${chainIdText("below")}, bytes FROM layer WHERE engine_id = ?`,
    )
    .raw();
  // Every layer is the one below of many others: one text for all of them.
  const texts = new Map<string, string>();
  const same = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  for (const [chainId, below, bytes] of layerRows.iterate(engineId)) {
    const entry = {
      below: below === null ? null : same(below),
      bytes: bytes === null ? null : safe(path, bytes),
    };
    layers.set(same(chainId), entry);
  }
  for (const { below } of layers.values()) {
    if (below !== null && !layers.has(below)) throw damagedLedger(path, "it lacks a layer");
  }
  const imageRows = database
    .prepare<[bigint], LearnedImageRow>(
      `SELECT image_id, ${chainIdText("top_layer")}, tagged_at FROM learned_image WHERE engine_id = ?`,
    )
    .raw();
  for (const [imageId, topLayer, taggedAt] of imageRows.iterate(engineId)) {
    const top = topLayer === null ? null : same(topLayer);
    if (top !== null && !layers.has(top)) throw damagedLedger(path, "it lacks a layer");
    images.set(toId(imageId), { top, taggedAt: taggedAt === null ? null : safe(path, taggedAt) });
  }
  return layers.size + images.size === 0 ? emptyLayerRecord : { images, layers };
}

function safe(path: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw damagedLedger(path, `it has an unknown number, ${value}`);
}
