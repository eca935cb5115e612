import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import { imageNamed, spawnJson } from "../support/run-json.js";
import { temporaryFolder } from "../support/temporary-folder.js";

/** Every image holds busybox, so none is smaller. */
const small = 2 * 1024 * 1024;
/** Two events each: more than the 256 that the engine keeps. */
const many = 150;
const minutes = 60_000;

describeWithRealEngine("own removals on a real engine", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it(
    "sees what others do while it floods the event buffer with its removals",
    async () => {
      const { client, host } = engine();
      const ledger = join(temporaryFolder(), "ledger.db");
      await client.loadImages(
        Array.from({ length: many }, (_, number) => ({
          name: `many:${number}`,
          // Nothing of their own, which an engine would take long to unpack.
          baseLayers: [small],
          layers: [],
        })),
      );
      await client.loadImage({ name: "others:1", layers: [small] });
      await client.runRemoved("others:1");
      await spawnJson([], { host, ledger });
      const over = new AbortController();
      const somebodyElse = (async () => {
        for (;;) {
          const from = Date.now();
          await client.runRemoved("others:1");
          const use = { from, to: Date.now() };
          await sleep(1000, undefined, { signal: over.signal }).catch(() => undefined);
          if (over.signal.aborted) return use;
        }
      })();
      const removals = spawnJson(
        ["--only", "many:*", "--max-age", "1ms", "--grace", "0s", "--keep-recent", "0"],
        {
          host,
          ledger,
        },
      );
      const report = await removals.finally(() => over.abort());
      const lastUse = await somebodyElse;
      const next = await spawnJson([], { host, ledger });

      expect(report.totals["removed"]).toBe(many);
      expect(report.observation).toMatchObject({ continuous: true, gap: null });
      expect(next.observation).toMatchObject({ continuous: true, gap: null });
      const usedAt = Date.parse(imageNamed(next, "others:1").lastUsedAt);
      expect(usedAt).toBeGreaterThanOrEqual(lastUse.from);
      expect(usedAt).toBeLessThanOrEqual(lastUse.to);
      expect(Date.parse(imageNamed(report, "others:1").lastUsedAt)).toBeGreaterThan(0);
    },
    5 * minutes,
  );
});
