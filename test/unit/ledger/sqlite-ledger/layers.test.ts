import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openFile } from "../../../../src/ledger/sqlite/open-database.js";
import type { EngineRecord } from "../../../../src/core/uses/checkpoint.js";
import type { LayerRecord } from "../../../../src/core/layers/layer-record.js";
import { openLedger } from "../../../../src/ledger/sqlite-ledger.js";
import { layerRecord } from "../../../support/chains.js";
import { engine, image, imageId, record, run } from "../../../support/ledger/build-records.js";
import { query } from "../../../support/ledger/query.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

/** Images by number, each with layers by name. */
function layersOf(...chains: readonly (readonly string[])[]): LayerRecord {
  return layerRecord(
    chains.map((chain, index) => [imageId(index), { chain, bytes: (place: number) => place * 10 }] as const),
  );
}

/** A record of these images, by number. */
function learned(layers: LayerRecord): EngineRecord {
  return record({ images: new Map([...layers.images.keys()].map((id) => [id, image()])), layers });
}

function count(path: string, table: string): unknown {
  return query(path, `SELECT count(*) AS rows FROM ${table}`);
}

test("layers that images share are in the ledger once, and go with the last of these", () => {
  const path = join(temporaryFolder(), "ledger.db");
  const ledger = openLedger(path);
  ledger.save(engine, learned(layersOf(["a", "b", "c"], ["a", "b", "d"])), run());
  expect(ledger.load(engine).layers).toEqual(layersOf(["a", "b", "c"], ["a", "b", "d"]));
  ledger.save(engine, learned(layersOf(["a", "b", "c"])), run());
  ledger.close();
  expect(count(path, "layer")).toEqual([{ rows: 3 }]);
  expect(count(path, "image WHERE is_learned = 1")).toEqual([{ rows: 1 }]);
});

test("a run without new images writes no layer", () => {
  const path = join(temporaryFolder(), "ledger.db");
  const layers = layersOf(["a", "b"]);
  const ledger = openLedger(path);
  ledger.save(engine, learned(layers), run());
  const database = openFile(path, 0);
  database.exec("CREATE TRIGGER no_layer BEFORE INSERT ON layer BEGIN SELECT raise(ABORT, 'written'); END");
  database.close();
  ledger.save(engine, learned(layers), run({ finishedAt: 7 }));
  // The same after a load, where no map is the one that was saved.
  ledger.save(engine, learned(layersOf(["a", "b"])), run({ finishedAt: 8 }));
  ledger.close();
});

test.each([
  ["a layer", "DELETE FROM layer WHERE below IS NULL"],
  ["the layer of an image", "DELETE FROM layer WHERE below IS NOT NULL"],
])("a ledger that lacks %s is damaged", (_, damage) => {
  const path = join(temporaryFolder(), "ledger.db");
  const ledger = openLedger(path);
  ledger.save(engine, learned(layersOf(["a", "b"])), run());
  ledger.close();
  const database = openFile(path, 0);
  database.exec(damage);
  database.close();
  expect(() => openLedger(path)).toThrow("lacks a layer");
});

test("1000 images of 10 layers, 4 of them their own, take less than a megabyte", () => {
  const path = join(temporaryFolder(), "ledger.db");
  const chains = Array.from({ length: 1000 }, (_, image) =>
    Array.from({ length: 10 }, (_, layer) =>
      layer < 6 ? `base ${image % 20} ${layer}` : `own ${image} ${layer}`,
    ),
  );
  const ledger = openLedger(path);
  ledger.save(engine, learned(layersOf(...chains)), run());
  ledger.close();
  expect(statSync(path).size).toBeLessThan(1_000_000);
});
