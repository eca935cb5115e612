import { join } from "node:path";
import { expect, it } from "vitest";
import { openLedger } from "../../../../src/ledger/sqlite-ledger.js";
import {
  engine,
  imageId,
  moment,
  otherEngine,
  record,
  removal,
  run,
} from "../../../support/ledger/build-records.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

function open(path = join(temporaryFolder(), "ledger.db")) {
  const ledger = openLedger(path);
  return { path, ledger };
}

it("removals count once, however often their run is saved", () => {
  const { ledger } = open();
  const removals = [
    removal({ freedBytes: 5 }),
    removal({ imageId: imageId(8), freedBytes: 7, reasons: ["quota"] }),
    removal({ imageId: imageId(7), freedBytes: 0, outcome: "failed" }),
  ];
  ledger.save(engine, record(), run({ removals: removals.slice(0, 1) }));
  ledger.save(engine, record(), run({ removals }));
  ledger.save(engine, record(), run({ removals, finishedAt: moment + 1 }));
  expect(ledger.totals()).toEqual({
    runs: new Map(),
    outcomes: new Map([
      ["removed", 2],
      ["failed", 1],
    ]),
    removedImages: new Map([
      ["age", 1],
      ["quota", 1],
    ]),
    freedBytes: new Map([
      ["age", 5],
      ["quota", 7],
    ]),
    returnedImages: new Map(),
    returnedBytes: new Map(),
    unwrittenMetrics: 0,
    lastSuccessAt: null,
  });
  ledger.close();
});

it("runs whose metrics could not be written count, too", () => {
  const { ledger, path } = open();
  ledger.countUnwrittenMetrics();
  ledger.countUnwrittenMetrics();
  ledger.close();
  const again = open(path).ledger;
  expect(again.totals().unwrittenMetrics).toBe(2);
  again.close();
});

it("they outlive the history, and are of all engines together", () => {
  const { ledger, path } = open();
  ledger.save(engine, record(), run({ removals: [removal()], finishedAt: moment }));
  ledger.forgetHistoryBefore(moment + 1, engine);
  ledger.save(otherEngine, record(), run({ removals: [removal()] }));
  ledger.close();
  const again = open(path).ledger;
  expect(again.totals().outcomes).toEqual(new Map([["removed", 2]]));
  again.close();
});

it("a run that came through is the last success, and no other is", () => {
  const { ledger } = open();
  const seen = [0, 4, 3, 5, 6, 1, 74].map((exitCode, index) => {
    ledger.countRun(exitCode, moment + index, null);
    return ledger.totals().lastSuccessAt;
  });
  expect(seen).toEqual([0, 0, 2, 2, 4, 4, 6].map((index) => moment + index));
  ledger.countRun(4, moment, null);
  expect(ledger.totals().runs.get(4)).toBe(2);
  // The same run, whose report then could not be written.
  ledger.countRun(74, moment, 4);
  expect(ledger.totals().runs.get(4)).toBe(1);
  expect(ledger.totals().runs.get(74)).toBe(2);
  ledger.close();
});
