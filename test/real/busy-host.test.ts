import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { imageNamed, runJson, type JsonReport } from "../support/run-json.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;
const minute = 60_000;
const probe = ["/bin/busybox", "true"];

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

describeWithRealEngine("a host whose event buffer does not last", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it(
    "reports the gap that health checks make, and does not count its seconds",
    async () => {
      const { client, host } = engine();
      const ledger = join(temporaryFolder(), "ledger.db");
      await client.loadImage({ name: "checked:1", layers: [small] });
      await client.loadImage({ name: "unused:1", layers: [small] });
      await client.createContainer("checked:1", { start: true, healthcheck: probe });
      const first = await runJson([], { host, ledger });
      await sleep(2 * minute);
      const second = await runJson([], { host, ledger });

      expect(second.observation).toMatchObject({ continuous: false, gap: { cause: "overflow" } });
      const covered = (at(second.observation.to) - at(second.observation.from)) / 1000;
      expect(covered).toBeGreaterThan(30);
      expect(covered).toBeLessThan(110);
      expect(observedBetween(first, second)).toBeLessThanOrEqual(covered + 1);
      const grown = imageNamed(second, "unused:1").idleSeconds - imageNamed(first, "unused:1").idleSeconds;
      expect(grown).toBeLessThanOrEqual(covered + 1);
      const warning = second.warnings.find((text) => text.includes("--linger"));
      expect(warning).toMatch(/last 24 hours/);
      console.info(
        `one health check a second: ${covered.toFixed(0)} s of ${passedBetween(first, second).toFixed(0)} s covered; ${String(warning)}`,
      );
    },
    4 * minute,
  );

  it(
    "misses little with runs that linger, and next to nothing with runs that overlap",
    async () => {
      const { client, host } = engine();
      const ledger = join(temporaryFolder(), "ledger.db");
      await client.loadImage({ name: "checked:1", layers: [small] });
      await client.loadImage({ name: "used:1", layers: [small] });
      for (let count = 0; count < 10; count += 1) {
        await client.createContainer("checked:1", { start: true, healthcheck: probe });
      }
      const start = await runJson([], { host, ledger });

      // A run each minute that stays for 50 seconds.
      const lingering = runCli(["--linger", "50s", "--quiet"], { host, ledger });
      await sleep(25_000);
      await client.runRemoved("used:1");
      const usedAt = Date.now();
      expect((await lingering).exitCode).toBe(0);
      await sleep(10_000);
      const middle = await runJson([], { host, ledger });
      expect(Math.abs(at(imageNamed(middle, "used:1").lastUsedAt) - usedAt)).toBeLessThan(3000);
      expect(imageNamed(middle, "used:1").lastUseKind).toBe("container-end");
      const share = observedBetween(start, middle) / passedBetween(start, middle);
      expect(share).toBeGreaterThan(0.8);

      // A run each minute that stays for the whole of it: the next one waits for its end.
      const first = runCli(["--linger", "60s", "--lock-wait", "10s", "--quiet"], { host, ledger });
      await sleep(minute);
      const second = runCli(["--linger", "20s", "--lock-wait", "10s", "--quiet"], { host, ledger });
      expect((await first).exitCode).toBe(0);
      expect((await second).exitCode).toBe(0);
      const end = await runJson([], { host, ledger });
      const overlapping = observedBetween(middle, end) / passedBetween(middle, end);
      expect(overlapping).toBeGreaterThan(0.99);
      console.info(
        `ten health checks a second: ${(100 * share).toFixed(1)} % observed with --linger 50s, ` +
          `${(100 * overlapping).toFixed(1)} % with overlapping runs`,
      );
    },
    6 * minute,
  );
});
