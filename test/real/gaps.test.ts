import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { imageNamed, spawnJson, type JsonReport } from "../support/run-json.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const mebibyte = 1024 * 1024;
/** Every image holds busybox, so none is smaller. */
const small = 2 * mebibyte;

function coveredSeconds({ observation }: JsonReport): number {
  return (Date.parse(observation.to) - Date.parse(observation.from)) / 1000;
}

describeWithRealEngine("gaps in what a real engine remembers", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it("reports an overflow of the event buffer, and does not count the missing time", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    for (const name of ["busy:1", "unused:1"]) await client.loadImage({ name, layers: [small] });
    const first = await spawnJson([], { host, ledger });
    await sleep(3000);
    for (let count = 0; count < 300; count += 1) await client.tag("busy:1", "busy:again");

    const second = await spawnJson([], { host, ledger });

    expect(second.observation).toMatchObject({ continuous: false, gap: { cause: "overflow" } });
    const missing = Date.parse(second.observation.gap?.to ?? "") - Date.parse(first.observation.to);
    expect(missing).toBeGreaterThan(2500);
    const grown = imageNamed(second, "unused:1").idleSeconds - imageNamed(first, "unused:1").idleSeconds;
    expect(grown).toBeLessThanOrEqual(Math.ceil(coveredSeconds(second)));
    expect(second.observation.observedSeconds - first.observation.observedSeconds).toBeLessThanOrEqual(
      Math.ceil(coveredSeconds(second)),
    );
    const third = await spawnJson([], { host, ledger });
    expect(third.observation.continuous).toBe(true);
  });

  it("reports a restart of the engine, and does not count the missing time", async ({ skip }) => {
    if (!engine().owned) skip("an engine that was there before cannot be restarted");
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    await client.loadImage({ name: "unused:1", layers: [small] });
    const first = await spawnJson([], { host, ledger });
    await sleep(1500);
    await engine().restart();

    const second = await spawnJson([], { host, ledger });

    expect(second.observation).toMatchObject({ continuous: false, gap: { cause: "restart" } });
    const grown = imageNamed(second, "unused:1").idleSeconds - imageNamed(first, "unused:1").idleSeconds;
    expect(grown).toBeLessThanOrEqual(Math.ceil(coveredSeconds(second)));
  });
});
