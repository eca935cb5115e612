import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { acquireLock } from "../../../src/ledger/file/lock.js";
import type { PracticeEngine } from "../../practice-engine/server.js";
import { runCli, spawnCli } from "../../support/run-cli.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import { practiceEngine, removeAll } from "../../support/small-engine.js";

async function asked(practice: PracticeEngine, isIt: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !isIt(); tries += 1) await sleep(10);
  expect(isIt(), practice.requests.map(({ path }) => path).join()).toBe(true);
}

describe("a signal", () => {
  it.each([
    ["SIGINT", 130, "/_ping"],
    ["SIGTERM", 143, "/images/json"],
    ["SIGINT", 130, "/events"],
  ] as const)(
    "%s ends a run at once with %i while the engine hangs at %s, and nothing is removed",
    async (signal, code, path) => {
      const practice = await practiceEngine();
      let hangs = false;
      practice.onRequest = (_, askedPath) => {
        if (!askedPath.startsWith(path)) return undefined;
        hangs = true;
        return { kind: "hang" };
      };
      const { child, result } = await spawnCli(removeAll, { host: practice.host });
      await asked(practice, () => hangs);
      const before = performance.now();
      child.kill(signal);
      const { exitCode, stdout, stderr } = await result;
      expect(exitCode).toBe(code);
      expect(performance.now() - before).toBeLessThan(5000);
      expect(stdout).toBe("");
      expect(stderr).toBe(`docker-gc: ended by ${signal} before anything was removed.\n`);
      expect(practice.requests.some(({ method }) => method === "DELETE")).toBe(false);
    },
  );

  it("lets the image in hand be finished, and is reported", async () => {
    const practice = await practiceEngine();
    let deletes = 0;
    practice.onRequest = (method) => {
      if (method !== "DELETE") return undefined;
      deletes += 1;
      return { kind: "delay", ms: 500 };
    };
    const { child, result } = await spawnCli(removeAll, { host: practice.host });
    await asked(practice, () => deletes === 1);
    child.kill("SIGINT");
    const { exitCode, stdout } = await result;
    expect(exitCode).toBe(130);
    expect(stdout).toContain("Interrupted by SIGINT. 1 planned image left alone.");
    expect(practice.engine.images.size).toBe(1);
  });

  it("ends a run within two seconds while the engine answers a look between two removals no more", async () => {
    const practice = await practiceEngine();
    let hangs = false;
    practice.onRequest = (method, path) => {
      if (practice.requests.every(({ method: earlier }) => earlier !== "DELETE")) return undefined;
      if (method !== "GET" || path.startsWith("/system/df")) return undefined;
      hangs = true;
      return { kind: "hang" };
    };
    const { child, result } = await spawnCli(removeAll, { host: practice.host });
    await asked(practice, () => hangs);
    const before = performance.now();
    child.kill("SIGTERM");
    expect(await result).toMatchObject({ exitCode: 143, stderr: "" });
    expect(performance.now() - before).toBeLessThan(4000);
    practice.onRequest = undefined;
  });

  it("ends a run at once when it comes again, a removal or not, and the next run finds out what became of it", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    let hangs = false;
    practice.onRequest = (method) => {
      if (method !== "DELETE") return undefined;
      hangs = true;
      return { kind: "hang" };
    };
    const { child, result } = await spawnCli(removeAll, { host: practice.host, ledger });
    await asked(practice, () => hangs);
    child.kill("SIGTERM");
    await sleep(1500);
    expect(child.exitCode).toBeNull();
    const before = performance.now();
    child.kill("SIGTERM");
    expect((await result).exitCode).toBe(143);
    expect(performance.now() - before).toBeLessThan(3000);
    practice.onRequest = undefined;
    expect((await runCli(removeAll, { host: practice.host, ledger })).exitCode).toBe(0);
  });

  it("ends the wait for the lock", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(ledger, { waitMs: 0 });
    const { child, result } = await spawnCli(["--lock-wait", "1h"], { host: practice.host, ledger });
    await sleep(1500);
    child.kill("SIGTERM");
    expect(await result).toMatchObject({ exitCode: 143, stdout: "" });
    lock.release();
    expect(practice.requests).toEqual([]);
  });
});

describe("the time that a run has", () => {
  it("ends it with 4 before anything is removed, however fast each answer is", async () => {
    const practice = await practiceEngine();
    practice.onRequest = (_, path) => (path.endsWith("/json") ? { kind: "delay", ms: 1500 } : undefined);
    const args = [...removeAll, "--run-timeout", "1s"];
    const { exitCode, stdout, stderr } = await runCli(args, { host: practice.host });
    expect(exitCode).toBe(4);
    expect(stdout).toBe("");
    expect(stderr).toBe("docker-gc: ended by its --run-timeout before anything was removed.\n");
  });

  it("lets the image in hand be finished, and the report says what ended it", async () => {
    const practice = await practiceEngine();
    practice.onRequest = (method) => (method === "DELETE" ? { kind: "delay", ms: 4000 } : undefined);
    const args = [...removeAll, "--run-timeout", "3s"];
    const { exitCode, stdout } = await runCli(args, { host: practice.host });
    expect(exitCode).toBe(4);
    expect(stdout).toContain("Ended by its --run-timeout. 1 planned image left alone.");
    expect(practice.engine.images.size).toBe(1);
  });

  it("does not count waiting for the lock, nor lingering", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(ledger, { waitMs: 0 });
    const args = ["--lock-wait", "1m", "--run-timeout", "5s", "--linger", "5s"];
    const { result } = await spawnCli(args, { host: practice.host, ledger });
    await sleep(5000);
    lock.release();
    expect(await result).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("another run", () => {
  it("ends this one at once with 75, before the engine is asked", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(ledger, { waitMs: 0 });
    lock.announce();
    const second = await runCli(removeAll, { host: practice.host, ledger });
    expect(second).toMatchObject({ exitCode: 75, stdout: "" });
    expect(second.stderr).toMatch(/^docker-gc: Another run holds the lock [^\n]+ It is PID \d+ of [^\n]+\n$/);
    expect(await runCli(["--quiet", ...removeAll], { host: practice.host, ledger })).toMatchObject({
      exitCode: 75,
      stdout: "",
      stderr: "",
    });
    expect(practice.requests).toEqual([]);
    // A dry run writes nothing, and so has nobody to wait for.
    expect((await runCli(["--dry-run"], { host: practice.host, ledger })).exitCode).toBe(0);
    lock.release();
  });

  it("of another engine is waited for, however many there are", async () => {
    const engines = await Promise.all(["ONE", "TWO", "THREE"].map((id) => practiceEngine({ id })));
    const ledger = join(temporaryFolder(), "ledger.db");
    const results = await Promise.all(engines.map(({ host }) => runCli(removeAll, { host, ledger })));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    for (const { engine } of engines) expect(engine.images.size).toBe(0);
  });

  it("is waited for with --lock-wait", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(ledger, { waitMs: 0 });
    const { result } = await spawnCli([...removeAll, "--lock-wait", "1m"], { host: practice.host, ledger });
    await sleep(1500);
    expect(practice.requests).toEqual([]);
    lock.release();
    expect((await result).exitCode).toBe(0);
    expect(practice.engine.images.size).toBe(0);
  });

  it("is waited for no longer than that", async () => {
    const practice = await practiceEngine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const lock = await acquireLock(ledger, { waitMs: 0 });
    const before = performance.now();
    const { exitCode } = await runCli(["--lock-wait", "1s"], { host: practice.host, ledger });
    expect(exitCode).toBe(75);
    expect(performance.now() - before).toBeGreaterThan(1000);
    lock.release();
  });
});
