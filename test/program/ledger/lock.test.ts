import { execFileSync, spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { dirname, join, relative } from "node:path";
import { setImmediate as nextTurn, setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { acquireLock, LedgerLocked, type Lock, type LockOptions } from "../../../src/ledger/file/lock.js";
import type { LockHolder } from "../../../src/ledger/file/lock-holder.js";
import { openLedger } from "../../../src/ledger/sqlite-ledger.js";
import { execute } from "../../support/ledger/query.js";
import { startChild } from "../../support/ledger/start-child.js";
import { temporaryFolder } from "../../support/ledger/temporary-folder.js";

const locked: unknown = expect.objectContaining({
  code: "locked",
  message: expect.stringContaining("Another run holds the lock") as string,
});
const unusable: unknown = expect.objectContaining({ code: "ledger" });

/** As Node does it when memory is short; what nobody refers to is closed in the next turns. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let turn = 0; turn < 5; turn += 1) {
    collect();
    await nextTurn();
  }
}

test("a lock held by another process is refused at once, and free when that is killed", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  const child = await startChild("hold-lock", path);
  const sleep = () => Promise.reject(new Error("It waits."));
  const before = performance.now();
  await expect(acquireLock(path, { waitMs: 0, sleep })).rejects.toEqual(locked);
  // SQLite would try for 5 seconds if it were left to it.
  expect(performance.now() - before).toBeLessThan(4000);
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

test("a lock that nobody keeps in hand is held all the same", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  await acquireLock(path, { waitMs: 0 });
  await collectGarbage();
  await expect(acquireLock(path, { waitMs: 0 })).rejects.toEqual(locked);
});

test("trying in vain leaves no file open", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  const lock = await acquireLock(path, { waitMs: 0 });
  const openFiles = () => readdirSync("/proc/self/fd").length;
  const before = openFiles();
  for (let attempt = 0; attempt < 50; attempt += 1)
    await expect(acquireLock(path, { waitMs: 0 })).rejects.toEqual(locked);
  // Whatever else goes on in this process opens a few.
  expect(openFiles() - before).toBeLessThan(25);
  lock.release();
});

test("the refusal names the lock file in full", async () => {
  const path = join(temporaryFolder(), "ledger.db");
  const lock = await acquireLock(path, { waitMs: 0 });
  await expect(acquireLock(relative(process.cwd(), path), { waitMs: 0 })).rejects.toThrow(
    `Another run holds the lock ${path}.lock:`,
  );
  lock.release();
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

  test("takes no longer than it may", async () => {
    // On a busy machine the wait would be over before the first try is.
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(path, { waitMs: 0 });
    const slept: number[] = [];
    const sleep = (milliseconds: number) => {
      slept.push(milliseconds);
      lock.release();
      return Promise.resolve();
    };
    (await acquireLock(path, { waitMs: 40, sleep })).release();
    expect(slept).toHaveLength(1);
    expect(Math.max(...slept)).toBeLessThanOrEqual(40);
  });

  test("ends with the reason of a signal, in the middle of a pause", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(path, { waitMs: 0 });
    const reason = new Error("SIGTERM");
    const controller = new AbortController();
    const waiting = acquireLock(path, { waitMs: 60_000, signal: controller.signal });
    controller.abort(reason);
    // The pause would still go on when Node next looks at what else there is to do.
    const first = await Promise.race([waiting.catch((error: unknown) => error), nextTurn("still waiting")]);
    expect(first).toBe(reason);
    lock.release();
  });

  test("does not begin after a signal", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const signal = AbortSignal.abort(new Error("SIGINT"));
    await expect(acquireLock(path, { waitMs: 0, signal })).rejects.toThrow("SIGINT");
  });
});

describe("a run of another engine", () => {
  const engine = "unix:///run/one.sock";

  async function waitsFor(path: string, options: Partial<LockOptions>): Promise<number> {
    let slept = 0;
    const sleep = (milliseconds: number) => {
      slept += milliseconds;
      return slept > 30_000 ? Promise.reject(new Error("waits")) : Promise.resolve();
    };
    await expect(acquireLock(path, { waitMs: 0, sleep, ...options })).rejects.toThrow();
    return slept;
  }

  test("is waited for without being asked to, and one of the same engine is not", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(path, { waitMs: 0, engine });
    lock.announce();
    expect(await waitsFor(path, { engine: "tcp://two:2375" })).toBeGreaterThan(30_000);
    expect(await waitsFor(path, { engine })).toBe(0);
    lock.release();
  });

  test("is not waited for where it means to stay for long", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(path, { waitMs: 0, engine });
    lock.linger(Date.now() + 60 * 60_000);
    expect(await waitsFor(path, { engine: "tcp://two:2375" })).toBe(0);
    lock.release();
  });

  test("gets the ledger when the other one is done", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(path, { waitMs: 0, engine });
    const sleep = () => {
      lock.release();
      return Promise.resolve();
    };
    (await acquireLock(path, { waitMs: 0, engine: "tcp://two:2375", sleep })).release();
  });

  test("has time to say who it is, also where it has taken the lock from one that was waited for", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const first = await acquireLock(path, { waitMs: 0, engine });
    first.announce();
    let second: Lock | null = null;
    const sleep = async () => {
      second?.release();
      if (second !== null) return;
      // As long as a run may stay unknown.
      await setTimeout(2_000);
      first.release();
      second = await acquireLock(path, { waitMs: 0, engine });
    };
    (await acquireLock(path, { waitMs: 0, engine: "tcp://two:2375", sleep })).release();
  });
});

describe("who is locked out learns", () => {
  const announced = async (path: string, engine?: string) => {
    const lock = await acquireLock(path, { waitMs: 0, engine });
    lock.announce();
    return lock;
  };

  const holderOf = async (path: string): Promise<unknown> => {
    const error: unknown = await acquireLock(path, { waitMs: 0 }).catch((thrown: unknown) => thrown);
    return error instanceof LedgerLocked ? error.holder : error;
  };

  test("who holds the lock, since when, and for which engine", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const before = Date.now();
    const lock = await announced(path, "unix:///run/one.sock");
    const holder = { pid: process.pid, user: userInfo().username, engine: "unix:///run/one.sock" };
    expect(await holderOf(path)).toMatchObject({ ...holder, lingersUntil: null });
    expect((await holderOf(path)) as LockHolder).toSatisfy(
      ({ since }: LockHolder) => since >= before && since <= Date.now(),
    );
    await expect(acquireLock(path, { waitMs: 0 })).rejects.toThrow(
      `It is PID ${process.pid} of ${holder.user}, for unix:///run/one.sock.`,
    );
    lock.linger(7e12);
    expect(await holderOf(path)).toMatchObject({ ...holder, lingersUntil: 7e12 });
    lock.release();
  });

  test("nobody's name from the note of a process that is gone, or that is no note", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    const lock = await announced(path);
    const note = `${path}.holder`;
    const { pid, ...rest } = JSON.parse(readFileSync(note, "utf8")) as LockHolder;
    expect(pid).toBe(process.pid);
    const gone = spawnSync("true").pid;
    for (const text of [JSON.stringify({ ...rest, pid: gone }), "null"]) {
      writeFileSync(note, text);
      expect(await holderOf(path)).toBeNull();
    }
    rmSync(note);
    symlinkSync("/etc/passwd", note);
    expect(await holderOf(path)).toBeNull();
    lock.release();
    // The note went, and not what it led to.
    expect(readdirSync(dirname(path))).toEqual(["ledger.db.lock"]);
  });

  test("nothing where there is no room for a note, which keeps nobody from the lock", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    mkdirSync(`${path}.holder`);
    const lock = await announced(path);
    expect(await holderOf(path)).toBeNull();
    lock.release();
    (await acquireLock(path, { waitMs: 0 })).release();
  });
});

describe("there is no lock", () => {
  test.each<[string, (lockFile: string) => void]>([
    ["on a link to nothing", (lockFile) => symlinkSync("elsewhere", lockFile)],
    [
      "on a link to an empty file",
      (lockFile) => {
        const elsewhere = join(temporaryFolder(), "empty");
        writeFileSync(elsewhere, "");
        symlinkSync(elsewhere, lockFile);
      },
    ],
    ["on a pipe", (lockFile) => execFileSync("mkfifo", [lockFile])],
    ["on a database", (lockFile) => execute(lockFile, "PRAGMA journal_mode = WAL; CREATE TABLE t (a)")],
    ["on a file with content", (lockFile) => writeFileSync(lockFile, "4711\n")],
  ])("%s", async (_, prepare) => {
    const folder = temporaryFolder();
    const path = join(folder, "ledger.db");
    prepare(`${path}.lock`);
    await expect(acquireLock(path, { waitMs: 0 })).rejects.toMatchObject({
      code: "ledger",
      message: expect.stringContaining("should be an empty file to lock, and is not") as string,
    });
    expect(readdirSync(folder)).toEqual(["ledger.db.lock"]);
  });

  test("where SQLite meets more than somebody else's lock", async () => {
    const path = join(temporaryFolder(), "ledger.db");
    // It would remove a log that belongs to an empty file.
    mkdirSync(`${path}.lock-wal`);
    await expect(acquireLock(path, { waitMs: 0 })).rejects.toEqual(unusable);
  });

  test("in a folder that cannot be created", async () => {
    await expect(acquireLock("/proc/docker-gc/ledger.db", { waitMs: 0 })).rejects.toEqual(unusable);
  });
});
