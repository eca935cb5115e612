import { closeSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openLedger, openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import { engine, record, run, wideRecord } from "./build-records.js";
import { canMount, look, mount, temporaryFileSystem } from "./temporary-folder.js";

/** Writes a file until nothing fits any more. */
function fill(folder: string): void {
  const descriptor = openSync(join(folder, "filler"), "w");
  try {
    for (;;) {
      writeSync(descriptor, Buffer.alloc(4096));
    }
  } catch {
    closeSync(descriptor);
  }
}

function empty(folder: string): void {
  rmSync(join(folder, "filler"));
}

const mountable = canMount();
if (!mountable) {
  console.warn("Full and read-only disks are not tested: no file system can be mounted here.");
}

describe.skipIf(!mountable)("a disk", () => {
  const disk = () => temporaryFileSystem(1024);

  test("that is full: a new ledger is refused, and no half of one is left", () => {
    const folder = disk();
    fill(folder);
    expect(() => openLedger(join(folder, "ledger.db"))).toThrow(/its disk is full .*: free some space there/);
    expect(Object.keys(look(folder))).toEqual([".", "filler"]);
  });

  test("that is full: a ledger is refused, and its file stays as it is", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    openLedger(path).close();
    const before = readFileSync(path);
    fill(folder);
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(() => openLedger(path)).toThrow(/its disk is full/);
    expect(readFileSync(path).equals(before)).toBe(true);
    openLedgerInMemory(path).close();
  });

  test("with room for the shared memory, but not for a commit: a ledger is refused before it is relied on", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    openLedger(path).close();
    const before = readFileSync(path);
    fill(folder);
    // 32 KiB for the -shm file, and one page for the -wal file, whose header comes first.
    truncateSync(join(folder, "filler"), statSync(join(folder, "filler")).size - 9 * 4096);
    expect(() => openLedger(path)).toThrow(/its disk is full/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("that fills up during a run: the save fails whole, and works again later", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    const ledger = openLedger(path);
    ledger.save(engine, record(), run());
    fill(folder);
    expect(() => ledger.save(engine, wideRecord(1), run())).toThrow(
      expect.objectContaining({
        code: "ledger",
        message: expect.stringContaining("its disk is full") as string,
      }),
    );
    expect(ledger.load(engine)).toEqual(record());
    empty(folder);
    ledger.save(engine, wideRecord(2), run());
    ledger.close();
    const again = openLedger(path);
    expect(again.load(engine)).toEqual(wideRecord(2));
    again.close();
  });

  test("that cannot take the log at the end: closing is quiet, and nothing is lost", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    const ledger = openLedger(path);
    ledger.save(engine, wideRecord(1), run());
    fill(folder);
    ledger.close();
    const copy = openLedgerInMemory(path);
    expect(copy.load(engine)).toEqual(wideRecord(1));
    copy.close();
    empty(folder);
    const again = openLedger(path);
    expect(again.load(engine)).toEqual(wideRecord(1));
    again.close();
  });

  test("that is read-only: a ledger is refused, a copy in memory is not", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    openLedger(path).close();
    mount("-o", "remount,ro", folder);
    const before = look(folder);
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(() => openLedger(path)).toThrow(/read-only/);
    openLedgerInMemory(path).close();
    expect(look(folder)).toEqual(before);
  });
});
