import { join } from "node:path";
import { expect, test } from "vitest";
import { openLedger, openLedgerInMemory } from "../../../../src/ledger/sqlite-ledger.js";
import { engine, imageId, otherEngine, record, run } from "../../../support/ledger/build-records.js";
import { execute } from "../../../support/ledger/query.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

function ledgerFile(): string {
  const path = join(temporaryFolder(), "ledger.db");
  const ledger = openLedger(path);
  ledger.save(engine, record(), run());
  ledger.save(otherEngine, record(), run());
  ledger.close();
  return path;
}

test("names are noted in their order, by engine and image, without any save", () => {
  const path = ledgerFile();
  const first = openLedger(path);
  first.noteLeavingNames(engine, imageId(1), ["b:1", "a:1", "a@sha256:00"]);
  first.noteLeavingNames(engine, imageId(2), ["c:1"]);
  first.noteLeavingNames(otherEngine, imageId(1), ["d:1"]);
  first.close();
  const second = openLedgerInMemory(path);
  expect(second.leavingNames(engine)).toEqual(
    new Map([
      [imageId(1), ["b:1", "a:1", "a@sha256:00"]],
      [imageId(2), ["c:1"]],
    ]),
  );
  expect(second.leavingNames(otherEngine)).toEqual(new Map([[imageId(1), ["d:1"]]]));
  second.close();
});

test("names that are noted take the place of those before, and none end it", () => {
  const ledger = openLedger(ledgerFile());
  ledger.noteLeavingNames(engine, imageId(1), ["a:1", "b:1"]);
  ledger.noteLeavingNames(engine, imageId(1), ["b:1"]);
  expect(ledger.leavingNames(engine)).toEqual(new Map([[imageId(1), ["b:1"]]]));
  ledger.noteLeavingNames(engine, imageId(1), []);
  expect(ledger.leavingNames(engine)).toEqual(new Map());
  ledger.close();
});

test("a save leaves them alone, also when the image is gone from the record", () => {
  const ledger = openLedger(ledgerFile());
  ledger.noteLeavingNames(engine, imageId(1), ["a:1"]);
  ledger.save(engine, record({ images: new Map() }), run());
  expect(ledger.leavingNames(engine).size).toBe(1);
  ledger.close();
});

test("of an engine never saved nothing is known, and nothing can be noted", () => {
  const ledger = openLedger(join(temporaryFolder(), "ledger.db"));
  expect(ledger.leavingNames(engine)).toEqual(new Map());
  expect(() => ledger.noteLeavingNames(engine, imageId(1), ["a:1"])).toThrow("never saved");
  ledger.close();
});

test("a row that no docker-gc wrote is refused", () => {
  const path = ledgerFile();
  const ledger = openLedger(path);
  ledger.noteLeavingNames(engine, imageId(1), ["a:1"]);
  ledger.close();
  execute(path, "UPDATE leaving_name SET image_id = 'x'");
  expect(() => openLedger(path)).toThrow(/damaged .*unknown image ID, "x"/);
  expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
});
