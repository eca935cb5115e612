import { lstatSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { acquireLock } from "../../src/ledger/lock.js";
import { openLedger } from "../../src/ledger/sqlite-ledger.js";
import { execute } from "./query.js";
import { startChild } from "./start-child.js";
import { temporaryFolder } from "./temporary-folder.js";

const locked: unknown = expect.objectContaining({
  code: "locked",
  message: expect.stringContaining("Another run holds the lock") as string,
});
const unusable: unknown = expect.objectContaining({ code: "ledger" });

test("a lock held by another process is refused at once, and free when that is killed", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  const child = await startChild("hold-lock", path);
  const before = performance.now();
  await expect(acquireLock(path, { waitMs: 0 })).rejects.toEqual(locked);
  expect(performance.now() - before).toBeLessThan(50);
  await child.kill();
  (await acquireLock(path, { waitMs: 0 })).release();
});

test("a lock held by this process is refused as well, and trying does not drop it", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  const lock = await acquireLock(path, { waitMs: 0 });
  await expect(acquireLock(path, { waitMs: 0 })).rejects.toEqual(locked);
  await expect(acquireLock(path, { waitMs: 0 })).rejects.toEqual(locked);
  // What this process thinks is not what counts: another one must find it locked too.
  await expect(startChild("hold-lock", path)).rejects.toThrow("Another run holds the lock");
  lock.release();
  lock.release();
  await startChild("hold-lock", path);
});

test("working on the ledger does not drop the lock", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  const lock = await acquireLock(path, { waitMs: 0 });
  openLedger(path).close();
  await expect(startChild("hold-lock", path)).rejects.toThrow("Another run holds the lock");
  lock.release();
});

test("ledgers in one folder have locks of their own", async () => {
  const folder = temporaryFolder();
  const first = await acquireLock(join(folder, "a.db"), { waitMs: 0 });
  const second = await acquireLock(join(folder, "b.db"), { waitMs: 0 });
  first.release();
  second.release();
});

test("the lock is an empty file for its owner only, with nothing beside it, and it stays", async () => {
  const folder = join(temporaryFolder(), "new");
  const path = join(folder, "ledger.db");
  const lock = await acquireLock(path, { waitMs: 0 });
  expect(readdirSync(folder)).toEqual(["ledger.db.lock"]);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  lock.release();
  const { mode, size } = lstatSync(`${path}.lock`);
  expect([mode & 0o777, size]).toEqual([0o600, 0]);
  expect(readdirSync(folder)).toEqual(["ledger.db.lock"]);
});

describe("waiting", () => {
  test("ends when the lock is free", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(path, { waitMs: 0 });
    const slept: number[] = [];
    const sleep = (milliseconds: number) => {
      slept.push(milliseconds);
      if (slept.length === 3) {
        lock.release();
      }
      return Promise.resolve();
    };
    (await acquireLock(path, { waitMs: 60_000, sleep })).release();
    expect(slept).toEqual([100, 100, 100]);
  });

  test("ends at the deadline", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(path, { waitMs: 0 });
    const before = performance.now();
    await expect(acquireLock(path, { waitMs: 250 })).rejects.toEqual(locked);
    expect(performance.now() - before).toBeGreaterThanOrEqual(249);
    lock.release();
  });

  test("ends with the reason of a signal, in the middle of a pause", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(path, { waitMs: 0 });
    const reason = new Error("SIGTERM");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    const before = performance.now();
    await expect(acquireLock(path, { waitMs: 60_000, signal: controller.signal })).rejects.toBe(reason);
    expect(performance.now() - before).toBeLessThan(90);
    lock.release();
  });

  test("does not begin after a signal", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const signal = AbortSignal.abort(new Error("SIGINT"));
    await expect(acquireLock(path, { waitMs: 0, signal })).rejects.toThrow("SIGINT");
  });
});

describe("there is no lock", () => {
  test.each<[string, (lockFile: string) => void]>([
    ["on a link", (lockFile) => symlinkSync("elsewhere", lockFile)],
    ["on a database", (lockFile) => execute(lockFile, "PRAGMA journal_mode = WAL; CREATE TABLE t (a)")],
    ["on a file with content", (lockFile) => writeFileSync(lockFile, "4711\n")],
  ])("%s", async (_, prepare) => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    prepare(`${path}.lock`);
    await expect(acquireLock(path, { waitMs: 0 })).rejects.toEqual(unusable);
    expect(readdirSync(folder)).toEqual(["ledger.db.lock"]);
  });

  test("in a folder that cannot be created", async () => {
    await expect(acquireLock("/proc/docker-gc/ledger.db", { waitMs: 0 })).rejects.toEqual(unusable);
  });
});
