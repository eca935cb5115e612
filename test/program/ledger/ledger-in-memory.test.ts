import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyRecord } from "../../../src/core/uses/checkpoint.js";
import { migrations } from "../../../src/ledger/tables/schema.js";
import { openLedger, openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { engine, otherEngine, record, run, wideRecord } from "../../support/ledger/build-records.js";
import { execute, query } from "../../support/ledger/query.js";
import { startChild } from "../../support/ledger/start-child.js";
import { look, temporaryFolder } from "../../support/ledger/temporary-folder.js";

/** Does with the ledger in memory everything that can be done with one. */
function useInMemory(path: string): ReturnType<ReturnType<typeof openLedger>["load"]> {
  const ledger = openLedgerInMemory(path);
  const loaded = ledger.load(engine);
  ledger.save(otherEngine, wideRecord(5), run());
  ledger.forgetHistoryBefore(Number.MAX_SAFE_INTEGER, otherEngine);
  expect(ledger.load(otherEngine)).toEqual(wideRecord(5));
  ledger.close();
  return loaded;
}

function saved(path: string): string {
  const ledger = openLedger(path);
  ledger.save(engine, record(), run());
  ledger.close();
  return path;
}

describe("nothing on the disk changes", () => {
  test("with a ledger", () => {
    const folder = temporaryFolder();
    const path = saved(join(folder, "ledger.db"));
    const before = look(folder);
    expect(useInMemory(path)).toEqual(record());
    expect(look(folder)).toEqual(before);
  });

  test("with no ledger, not even its folder", () => {
    const folder = temporaryFolder();
    const before = look(folder);
    expect(useInMemory(join(folder, "none/ledger.db"))).toEqual(emptyRecord);
    expect(look(folder)).toEqual(before);
  });

  test("with an empty file", () => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    writeFileSync(path, "");
    const before = look(folder);
    expect(useInMemory(path)).toEqual(emptyRecord);
    expect(look(folder)).toEqual(before);
  });

  test("while another process has it open, whose commits are seen", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    await startChild("save", path);
    const before = look(folder);
    expect(Object.keys(before)).toEqual([".", "ledger.db", "ledger.db-shm", "ledger.db-wal"]);
    expect(useInMemory(path)).toEqual(record());
    expect(look(folder)).toEqual(before);
  });

  test("after a run was killed, whose commits are seen", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    const child = await startChild("save", path);
    await child.kill();
    const before = look(folder);
    expect(Object.keys(before)).toContain("ledger.db-wal");
    expect(useInMemory(path)).toEqual(record());
    expect(look(folder)).toEqual(before);
  });

  test("with an older schema, which is migrated in memory", () => {
    const folder = temporaryFolder();
    const path = saved(join(folder, "ledger.db"));
    const tables = query(path, "SELECT name FROM sqlite_schema WHERE type = 'table'") as { name: string }[];
    const drops = tables.map(({ name }) => `DROP TABLE ${name};`).join("");
    execute(path, `PRAGMA foreign_keys = OFF; ${drops} PRAGMA user_version = 0`);
    const before = look(folder);
    expect(useInMemory(path)).toEqual(emptyRecord);
    expect(look(folder)).toEqual(before);
    openLedger(path).close();
    expect(query(path, "PRAGMA user_version")).toEqual([{ user_version: migrations.length }]);
  });

  test("in the working directory", () => {
    const before = readdirSync(".");
    useInMemory(saved(join(temporaryFolder(), "ledger.db")));
    expect(readdirSync(".")).toEqual(before);
  });
});

test("a log whose ledger was deleted means nothing, here and to the ledger that is created next", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  const child = await startChild("save", path);
  await child.kill();
  rmSync(path);
  expect(useInMemory(path)).toEqual(emptyRecord);
  const ledger = openLedger(path);
  expect(ledger.load(engine)).toEqual(emptyRecord);
  ledger.close();
});

test("while runs follow each other, every copy is one that was saved", { timeout: 120_000 }, async () => {
  const path = join(temporaryFolder(), "ledger.db");
  await startChild("save-again-and-again", path);
  const seen = new Set<number>();
  const end = performance.now() + 3000;
  while (performance.now() < end) {
    const ledger = openLedgerInMemory(path);
    const { checkpoint, images } = ledger.load(engine);
    ledger.close();
    expect(new Set([...images.values()].map(({ lastUsedAt }) => lastUsedAt))).toEqual(
      new Set([checkpoint?.at]),
    );
    seen.add(checkpoint?.at ?? 0);
  }
  // The processes really ran side by side.
  expect(seen.size).toBeGreaterThan(3);
});
