import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import type { EngineClient } from "../support/engine-client.js";
import { imageNamed, runJson, type JsonReport } from "../support/run-json.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;
const second = 1000;
const probe = ["/bin/busybox", "true"];
/** The engine remembers 256 events: two and a half seconds. */
const checksPerSecond = 100;

function at(time: string | null | undefined): number {
  return Date.parse(time ?? "");
}

/** Seconds that counted between two reports, by the observed clock. */
function observedBetween(first: JsonReport, second: JsonReport): number {
  return second.observation.observedSeconds - first.observation.observedSeconds;
}

/** Seconds that passed between two reports, by the engine's clock. */
function passedBetween(first: JsonReport, second: JsonReport): number {
  return (at(second.observation.to) - at(first.observation.to)) / 1000;
}

/**
 * A container that checks its health each second, and has a hundred more checks begun in that time, until the answer is
 * called. Of these there is the event alone: programs that run would keep this machine busy, and not the engine's buffer.
 */
async function checkContinually(client: EngineClient): Promise<() => Promise<void>> {
  const id = await client.createContainer("checked:1", { start: true, healthcheck: probe });
  const began = Date.now();
  const over = new AbortController();
  const checks = (async () => {
    for (let count = 0; !over.signal.aborted; count += 1) {
      await client.request("POST", `/containers/${id}/exec`, { Cmd: probe });
      await sleep(Math.max(0, began + (count * second) / checksPerSecond - Date.now()));
    }
  })();
  return () => {
    over.abort();
    return checks;
  };
}

describeWithRealEngine("a host whose event buffer does not last", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it("reports the gap that health checks make, and does not count its seconds", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    await client.loadImage({ name: "checked:1", layers: [small] });
    await client.loadImage({ name: "unused:1", layers: [small] });
    const endChecks = await checkContinually(client);
    const first = await runJson([], { host, ledger });
    await sleep(8 * second);
    const next = await runJson([], { host, ledger });
    await endChecks();

    expect(next.observation).toMatchObject({ continuous: false, gap: { cause: "overflow" } });
    const covered = (at(next.observation.to) - at(next.observation.from)) / 1000;
    expect(covered).toBeGreaterThan(1);
    expect(covered).toBeLessThan(passedBetween(first, next) - 3);
    expect(observedBetween(first, next)).toBeLessThanOrEqual(covered + 1);
    const grown = imageNamed(next, "unused:1").idleSeconds - imageNamed(first, "unused:1").idleSeconds;
    expect(grown).toBeLessThanOrEqual(covered + 1);
    const warning = next.warnings.find((text) => text.includes("--linger"));
    expect(warning).toMatch(/last 24 hours/);
  });

  it("misses little with runs that linger, and next to nothing with runs that overlap", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    await client.loadImage({ name: "checked:1", layers: [small] });
    await client.loadImage({ name: "used:1", layers: [small] });
    const endChecks = await checkContinually(client);
    const start = await runJson([], { host, ledger });

    // A run every ten seconds that stays for most of them.
    const lingering = runCli(["--linger", "8s", "--quiet"], { host, ledger });
    await sleep(4 * second);
    await client.runRemoved("used:1");
    const usedAt = Date.now();
    expect((await lingering).exitCode).toBe(0);
    await sleep(3 * second);
    const middle = await runJson([], { host, ledger });
    expect(Math.abs(at(imageNamed(middle, "used:1").lastUsedAt) - usedAt)).toBeLessThan(3 * second);
    expect(imageNamed(middle, "used:1").lastUseKind).toBe("container-end");
    const share = observedBetween(start, middle) / passedBetween(start, middle);
    expect(share).toBeGreaterThan(0.8);

    // Runs that stay until the next one has begun to wait for their end.
    const first = runCli(["--linger", "8s", "--lock-wait", "10s", "--quiet"], { host, ledger });
    await sleep(7 * second);
    const other = runCli(["--linger", "3s", "--lock-wait", "10s", "--quiet"], { host, ledger });
    expect((await first).exitCode).toBe(0);
    expect((await other).exitCode).toBe(0);
    const end = await runJson([], { host, ledger });
    await endChecks();
    const missed = passedBetween(middle, end) - observedBetween(middle, end);
    // Seconds are told as whole ones.
    expect(missed).toBeLessThan(1);
    expect(end.observation).toMatchObject({ continuous: true, gap: null });
  });
});
