import type { Database } from "../sqlite/database.js";
import type { LayerEntry } from "../../core/layers/layer-record.js";
import { chainIdText } from "./chain-bytes.js";
import { damagedLedger } from "../file/ledger-failure.js";
import { integerOf } from "./row-values.js";

type LayerRow = readonly [number: number, chainId: string, below: number | null, bytes: number | null];

/** By number. Throws a Failure of code `ledger`, which names `path`, for rows that contradict each other. */
export function readLayers(database: Database, path: string, engineId: bigint): Map<number, LayerEntry> {
  const layers = new Map<number, LayerEntry>();
  const columns = `number, ${chainIdText("chain_id")}, below, bytes`;
  const rows = database
    .prepare<[bigint], LayerRow>(`SELECT ${columns} FROM layer WHERE engine_id = ? ORDER BY number`)
    .raw();
  for (const [number, chainId, below, bytes] of rows.iterate(engineId)) {
    if (below !== null && !layers.has(below)) throw damagedLedger(path, "it lacks a layer");
    const size = bytes === null ? null : integerOf(path, bytes);
    layers.set(integerOf(path, number), { chainId, below, bytes: size });
  }
  return layers;
}
