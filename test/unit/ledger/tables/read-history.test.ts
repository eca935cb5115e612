import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLedger, openLedgerInMemory } from "../../../../src/ledger/sqlite-ledger.js";
import { engine, moment, otherEngine, record, removal, run } from "../../../support/ledger/build-records.js";
import { execute } from "../../../support/ledger/query.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

const gap = { from: moment - 9, to: moment - 1, cause: "overflow" } as const;
const first = run({
  finishedAt: moment + 5,
  exitCode: 3,
  observation: { ...run().observation, gap },
  space: { imageBytes: 5, quotaBytes: 4 },
  removals: [
    removal(),
    removal({ names: [], reasons: ["quota"], outcome: "failed", detail: "no", freedBytes: 0 }),
  ],
});
const second = run({
  startedAt: moment + 10,
  finishedAt: moment + 11,
  exitCode: 0,
  space: { imageBytes: 0, quotaBytes: null },
});
const unfinished = run({ startedAt: moment + 20, removals: [removal()] });

function ledgerWithRuns(runs = [first, second, unfinished]): string {
  const path = join(temporaryFolder(), "ledger.db");
  const ledger = openLedger(path);
  for (const entry of runs) ledger.save(engine, record(), entry);
  ledger.save(otherEngine, record(), first);
  ledger.close();
  return path;
}

describe("the past", () => {
  test("is read as it was written: each engine's runs with their removals, newest first", () => {
    expect(openLedgerInMemory(ledgerWithRuns()).history()).toEqual([
      { engine, runs: [unfinished, second, first] },
      { engine: otherEngine, runs: [first] },
    ]);
  });

  test("has a last run for each engine, which is one that has ended", () => {
    const ledger = openLedgerInMemory(ledgerWithRuns());
    expect(ledger.lastRun(engine)).toEqual(second);
    expect(ledger.lastRun(otherEngine)).toEqual(first);
    expect(ledger.lastRun({ key: "nobody" })).toBeNull();
  });

  test("goes by the order of writing where a clock was set back", () => {
    const ledger = openLedgerInMemory(ledgerWithRuns([second, first]));
    expect(ledger.lastRun(engine)).toEqual(first);
    expect(ledger.history()[0]?.runs).toEqual([first, second]);
  });

  test("is empty where there is no ledger", () => {
    expect(openLedgerInMemory(join(temporaryFolder(), "ledger.db")).history()).toEqual([]);
  });

  test.each([
    ["an outcome", "UPDATE removal SET outcome = 'eaten'"],
    ["a reason", `UPDATE removal SET reasons = '["hunger"]'`],
    ["names that are no list", "UPDATE removal SET names = '{}'"],
    ["names that are no JSON", "UPDATE removal SET names = 'app'"],
    ["an image ID", "UPDATE removal SET image_id = 'app'"],
    ["a cause", "UPDATE run SET gap_cause = 'boredom' WHERE gap_cause IS NOT NULL"],
  ])("is refused where it has %s that no docker-gc wrote", (_, statement) => {
    const path = ledgerWithRuns();
    execute(path, statement);
    expect(() => openLedgerInMemory(path).history()).toThrow(expect.objectContaining({ code: "ledger" }));
  });
});
