import { existsSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { acquireLock } from "../../../src/ledger/file/lock.js";
import { openLedger, openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { engine, imageId, moment, record, run, wideRecord } from "../../support/ledger/build-records.js";
import { execute } from "../../support/ledger/query.js";
import {
  canMount,
  fill,
  fillerIn,
  freeInodes,
  look,
  makeRoom,
  mount,
  temporaryFileSystem,
  useUpInodes,
} from "../../support/ledger/temporary-folder.js";

const mountable = canMount();
if (!mountable) {
  console.warn("Full and read-only disks are not tested: no file system can be mounted here.");
}

const fullDisk = expect.objectContaining({
  code: "ledger-full",
  message: expect.stringMatching(/its disk is full .*: free some space there/) as string,
}) as Error;

function saveOnce(path: string): void {
  const ledger = openLedger(path);
  ledger.save(engine, record(), run());
  ledger.close();
}

describe.skipIf(!mountable)("a disk", () => {
  const disk = () => temporaryFileSystem(1024);

  test("that is full: a new ledger waits for room, and no half of one is left", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    fill(folder);
    const ledger = openLedger(path);
    expect(ledger.load(engine).images.size).toBe(0);
    expect(() => ledger.save(engine, record(), run())).toThrow(fullDisk);
    expect(Object.keys(look(folder))).toEqual([".", "filler"]);
    makeRoom(folder);
    ledger.save(engine, record(), run());
    expect(ledger.load(engine)).toEqual(record());
    ledger.close();
    expect(existsSync(path)).toBe(true);
  });

  test("that is full: a ledger can be read, waits for room to write, and its file stays as it is", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    saveOnce(path);
    const before = readFileSync(path);
    fill(folder);
    const ledger = openLedger(path);
    expect(ledger.load(engine)).toEqual(record());
    for (const write of [
      () => ledger.save(engine, wideRecord(1), run()),
      () => ledger.noteLeavingNames(engine, imageId(1), ["app:1"]),
      () => ledger.forgetHistoryBefore(moment, engine),
    ]) {
      expect(write).toThrow(fullDisk);
    }
    expect(ledger.load(engine)).toEqual(record());
    expect(ledger.leavingNames(engine).size).toBe(0);
    expect(readFileSync(path).equals(before)).toBe(true);
    makeRoom(folder);
    ledger.noteLeavingNames(engine, imageId(1), ["app:1"]);
    ledger.save(engine, wideRecord(1), run());
    expect(ledger.leavingNames(engine).size).toBe(1);
    ledger.close();
    const again = openLedger(path);
    expect(again.load(engine)).toEqual(wideRecord(1));
    again.close();
  });

  test("that has no inodes left is full, too: a ledger can be read, and waits", () => {
    const folder = temporaryFileSystem(1024, 20);
    const path = join(folder, "ledger.db");
    saveOnce(path);
    const before = readFileSync(path);
    useUpInodes(folder);
    const noInodes = expect.objectContaining({
      code: "ledger-full",
      message: expect.stringMatching(/its disk has no inodes left .*: remove some files there/) as string,
    }) as Error;
    const ledger = openLedger(path);
    expect(ledger.load(engine)).toEqual(record());
    expect(() => ledger.save(engine, wideRecord(1), run())).toThrow(noInodes);
    expect(readFileSync(path).equals(before)).toBe(true);
    freeInodes(folder);
    ledger.save(engine, wideRecord(1), run());
    ledger.close();
    const again = openLedger(path);
    expect(again.load(engine)).toEqual(wideRecord(1));
    again.close();
  });

  test("that has no inodes left has no room for a lock: it is taken before the ledger is written", async () => {
    const folder = temporaryFileSystem(1024, 20);
    useUpInodes(folder);
    const path = join(folder, "docker-gc", "ledger.db");
    const [first, second] = [await acquireLock(path, { waitMs: 0 }), await acquireLock(path, { waitMs: 0 })];
    const ledger = openLedger(path, { lock: first });
    expect(() => ledger.save(engine, record(), run())).toThrow(
      expect.objectContaining({ code: "ledger-full" }),
    );
    freeInodes(folder);
    ledger.save(engine, record(), run());
    expect(() => second.ensure()).toThrow("Another run took the lock");
    await expect(acquireLock(path, { waitMs: 0 })).rejects.toMatchObject({ code: "locked" });
    ledger.close();
    for (const lock of [first, second]) lock.release();
    (await acquireLock(path, { waitMs: 0 })).release();
  });

  test("that is full does not make up for a file that is no ledger", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    saveOnce(path);
    execute(path, "PRAGMA user_version = 99");
    fill(folder);
    expect(() => openLedger(path)).toThrow(expect.objectContaining({ code: "ledger" }));
    expect(() => openLedger(path)).toThrow(/has schema version 99/);
  });

  test("with room for the shared memory, but not for a commit: nothing is changed before that is known", () => {
    const folder = disk();
    const path = join(folder, "ledger.db");
    saveOnce(path);
    const before = readFileSync(path);
    fill(folder);
    // 32 KiB for the -shm file, and one page for the -wal file, whose header comes first.
    truncateSync(fillerIn(folder), statSync(fillerIn(folder)).size - 9 * 4096);
    const ledger = openLedger(path);
    expect(() => ledger.save(engine, wideRecord(1), run())).toThrow(fullDisk);
    expect(ledger.load(engine)).toEqual(record());
    ledger.close();
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
        code: "ledger-full",
        message: expect.stringContaining("its disk is full") as string,
      }),
    );
    expect(ledger.load(engine)).toEqual(record());
    makeRoom(folder);
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
    makeRoom(folder);
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
