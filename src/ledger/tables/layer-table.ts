import type { Database } from "../sqlite/database.js";
import type { LayerEntry } from "../../core/layers/layer-record.js";
import { chainBytes, chainIdText } from "./chain-bytes.js";
import { damagedLedger } from "../file/ledger-failure.js";
import { integerOf } from "./row-values.js";
import { rowsOf, type KeyedTable } from "./rows.js";

type LayerRow = readonly [number: number, chainId: string, below: number | null, bytes: number | null];

/** By number. Throws a Failure of code `ledger`, which names `path`, for rows that contradict each other. */
export function readLayers(database: Database, path: string, engineId: bigint): Map<number, LayerEntry> {
  const layers = new Map<number, LayerEntry>();
  const columns = `number, ${chainIdText("chain_id")}, below, bytes`;
  const rows = rowsOf<LayerRow>(database, engineId, columns, "layer", "ORDER BY number");
  for (const [number, chainId, below, bytes] of rows) {
    if (below !== null && !layers.has(below)) throw damagedLedger(path, "it lacks a layer");
    const size = bytes === null ? null : integerOf(path, bytes);
    layers.set(integerOf(path, number), { chainId, below, bytes: size });
  }
  return layers;
}

export const layerTable: KeyedTable<LayerEntry> = {
  table: "layer",
  key: "number",
  columns: ({ chainId, below, bytes }) => [chainBytes(chainId), below, bytes],
};
