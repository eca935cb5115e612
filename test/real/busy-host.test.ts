import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import type { EngineClient } from "../support/engine-client.js";
import { query } from "../support/ledger/query.js";
import { imageNamed, spawnJson, type JsonReport } from "../support/run-json.js";
import { runCli } from "../support/run-cli.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;
const minute = 60_000;
const probe = ["/bin/busybox", "true"];
/** With three events each of them, once a second, the buffer of 256 lasts for nine seconds. */
const probed = 10;

function at(time: string | null | undefined): number {
  return Date.parse(time ?? "");
}

/** Seconds that counted between two reports, by the observed clock. */
function observedBetween(first: JsonReport, second: JsonReport): number {
  return second.observation.observedSeconds - first.observation.observedSeconds;
}

/** Until the engine has forgotten all that it told up to this moment, and what came for some seconds after it. */
async function untilForgotten(client: EngineClient, moment: number, secondsAfter: number): Promise<void> {
  const deadline = Date.now() + minute;
  for (;;) {
    const oldest = (await client.listEvents())[0];
    if (oldest !== undefined && Number(oldest.timeNano / 1_000_000n) > moment + secondsAfter * 1000) return;
    if (Date.now() > deadline) throw new Error("The engine forgets nothing.");
    await sleep(200);
  }
}

/** As many events as ten health checks a second make, without the programs that these would start. */
async function makeEvents(client: EngineClient, container: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { status } = await client.request("POST", `/containers/${container}/exec`, { Cmd: probe });
    expect(status).toBe(201);
    await sleep(1000 / (3 * probed));
  }
}

/** What counted since the checkpoint at `from`, as a share of what passed; and the gaps of the runs since then. */
function overlappingSince(ledger: string, from: JsonReport) {
  const runs = query(
    ledger,
    `SELECT observed_to AS "to", observed_ms AS observedMs, gap_cause AS gap FROM run ORDER BY started_at`,
  ) as { readonly to: number; readonly observedMs: number; readonly gap: string | null }[];
  const before = runs.findIndex(({ to }) => to === at(from.observation.to));
  const [first, last] = [runs[before], runs.at(-1)];
  if (first === undefined || last === undefined) throw new Error("The history lacks a run.");
  const later = runs.slice(before + 1);
  return {
    share: (last.observedMs - first.observedMs) / (last.to - first.to),
    gaps: later.map(({ gap }) => gap),
  };
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
      for (let count = 0; count < probed; count += 1) {
        await client.createContainer("checked:1", { start: true, healthcheck: probe });
      }
      const first = await spawnJson([], { host, ledger });
      const gapSeconds = 3;
      await untilForgotten(client, at(first.observation.to), gapSeconds);
      const second = await spawnJson([], { host, ledger });

      expect(second.observation).toMatchObject({ continuous: false, gap: { cause: "overflow" } });
      const passed = (at(second.observation.to) - at(first.observation.to)) / 1000;
      const covered = (at(second.observation.to) - at(second.observation.from)) / 1000;
      expect(covered).toBeGreaterThan(2);
      expect(covered).toBeLessThan(passed - gapSeconds);
      expect(observedBetween(first, second)).toBeLessThanOrEqual(covered + 1);
      const grown = imageNamed(second, "unused:1").idleSeconds - imageNamed(first, "unused:1").idleSeconds;
      expect(grown).toBeLessThanOrEqual(covered + 1);
      const warning = second.warnings.find((text) => text.includes("--linger"));
      expect(warning).toMatch(/last 24 hours/);
      console.info(
        `${probed} health checks a second: ${covered.toFixed(0)} s of ${passed.toFixed(0)} s covered; ${String(warning)}`,
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
      const over = new AbortController();
      const container = await client.createContainer("checked:1", { start: true });
      const events = makeEvents(client, container, over.signal);
      const start = await spawnJson([], { host, ledger });

      // A run that stays for long enough to lose what it saw first, and a pause that is longer than the buffer lasts.
      const lingering = runCli(["--linger", "14s", "--quiet"], { host, ledger });
      await sleep(4_000);
      await client.runRemoved("used:1");
      const usedAt = Date.now();
      expect((await lingering).exitCode).toBe(0);
      await untilForgotten(client, Date.now(), 0.5);
      const middle = await spawnJson([], { host, ledger });
      expect(middle.observation.gap?.cause).toBe("overflow");
      expect(Math.abs(at(imageNamed(middle, "used:1").lastUsedAt) - usedAt)).toBeLessThan(3000);
      expect(imageNamed(middle, "used:1").lastUseKind).toBe("container-end");
      const share =
        (observedBetween(start, middle) * 1000) / (at(middle.observation.to) - at(start.observation.to));
      expect(share).toBeGreaterThan(0.8);

      // A run that stays until the next one begins, which waits for its end.
      const first = runCli(["--linger", "14s", "--lock-wait", "10s", "--quiet"], { host, ledger });
      await sleep(14_000);
      const second = runCli(["--linger", "8s", "--lock-wait", "10s", "--quiet"], { host, ledger });
      expect((await first).exitCode).toBe(0);
      expect((await second).exitCode).toBe(0);
      await spawnJson([], { host, ledger });
      over.abort();
      await events;
      const overlapping = overlappingSince(ledger, middle);
      expect(overlapping.gaps).toEqual([null, null, null]);
      expect(overlapping.share).toBeGreaterThan(0.99);
      console.info(
        `as many events: ${(100 * share).toFixed(1)} % observed with --linger 14s, ` +
          `${(100 * overlapping.share).toFixed(1)} % with overlapping runs`,
      );
    },
    6 * minute,
  );
});
