import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLedger } from "../../../../src/ledger/sqlite-ledger.js";
import { engine, image, imageId, record, run } from "../../../support/ledger/build-records.js";
import { query } from "../../../support/ledger/query.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

function saved(path: string, count: number): number {
  const names = "registry.example/team/app:1\n".repeat(10);
  const images = Array.from({ length: count }, (_, index) => [imageId(index), image({ names })] as const);
  const ledger = openLedger(path);
  ledger.save(engine, record({ images: new Map(images) }), run());
  ledger.close();
  expect(openAndCount(path)).toBe(count);
  return statSync(path).size;
}

function openAndCount(path: string): number {
  const ledger = openLedger(path);
  const { size } = ledger.load(engine).images;
  ledger.close();
  return size;
}

test("a ledger gives the room back once most of its rows are gone, and not for every few", () => {
  const path = join(temporaryFolder(), "ledger.db");
  const full = saved(path, 8_000);
  expect(full).toBeGreaterThan(2_500_000);
  expect(saved(path, 7_500)).toBe(full);
  expect(saved(path, 1_000)).toBeLessThan(full / 4);
});

test("a new ledger has nothing of the steps in it that made its tables", () => {
  const path = join(temporaryFolder(), "ledger.db");
  openLedger(path).close();
  expect(query(path, "PRAGMA freelist_count")).toEqual([{ freelist_count: 0 }]);
});
