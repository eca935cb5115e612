import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { RunReport } from "../../src/core/results/run-report.js";
import { openLedger } from "../../src/ledger/sqlite-ledger.js";
import type { PolicyRecipe } from "../support/values.js";
import { describeWithRealEngine } from "../support/describe-real-engine.js";
import type { EngineClient, ImageToLoad } from "../support/engine-client.js";
import { namesWith, spawnJson } from "../support/run-json.js";
import { runOnEngine } from "../support/run-on-engine.js";
import { temporaryFolder } from "../support/temporary-folder.js";

const mebibyte = 1024 * 1024;
/** Every image holds busybox, so none is smaller. */
const smallest = 2.5 * mebibyte;

/** The engine's own account of all layers. */
async function layersSize(client: EngineClient): Promise<number> {
  const { text } = await client.request("GET", "/system/df?type=image");
  // Podman 6 says it where API 1.52 has it.
  const usage = JSON.parse(text) as { LayersSize?: number; ImageUsage?: { TotalSize?: number } };
  return usage.LayersSize ?? usage.ImageUsage?.TotalSize ?? 0;
}

async function collect(host: string, ledgerPath: string, limits: PolicyRecipe): Promise<RunReport> {
  const ledger = openLedger(ledgerPath);
  try {
    return await runOnEngine(host, ledger, limits);
  } finally {
    ledger.close();
  }
}

/** The same numbers in every run of the tests. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** 40 images on 5 bases: some stop at a base, some share more, and each may have layers of its own, empty ones too. */
function randomImages(random: (below: number) => number): (ImageToLoad & { name: string })[] {
  return Array.from({ length: 40 }, (_, index) => {
    const base = index % 5;
    const shared = [smallest + base * 1000, 40_000 + base, 7 * base].slice(0, 1 + random(3));
    const more = [random(3) * 5_000 + 1, random(2) * 3_000].slice(0, random(3));
    const own = Array.from({ length: index < 5 ? 0 : random(4) }, () => random(4) * random(60_000));
    return { name: `random:${index}`, baseLayers: [...shared, ...more], layers: own };
  });
}

describeWithRealEngine("bytes on a real engine", (engine) => {
  beforeEach(() => engine().client.removeAll());

  it("are planned to the byte for 50 random sets of 40 images on 5 shared bases", async () => {
    const { client, host } = engine();
    const ledger = join(temporaryFolder(), "ledger.db");
    const random = randomNumbers(20_260_131);
    const images = randomImages(random);
    await client.loadImages(images);
    let freedSomething = 0;
    let left = images;
    for (let round = 0; round < 50; round += 1) {
      const going = left.filter(() => random(8) === 0);
      const only = going.map(({ name }) => name);
      const before = await layersSize(client);

      const report = await collect(host, ledger, {
        maxAgeMs: 0,
        only: only.length === 0 ? ["none:1"] : only,
      });

      const change = before - (await layersSize(client));
      expect(report.usage.beforeBytes, `round ${round}`).toBe(before);
      expect(report.usage.plannedFreedBytes, `round ${round}`).toBe(change);
      expect(report.usage.measuredFreedBytes ?? 0, `round ${round}`).toBe(change);
      expect(report.images.filter(({ outcome }) => outcome === "removed").length).toBe(going.length);
      expect(report.images.every(({ exact }) => exact)).toBe(true);
      if (change > 0) freedSomething += 1;
      left = left.filter((image) => !going.includes(image));
      if (left.length > 10) continue;
      // An engine takes much longer to load a layer than for all the rest.
      await client.loadImages(images.filter((image) => !left.includes(image)));
      left = images;
    }
    expect(freedSomething).toBeGreaterThan(40);
  }, 300_000);

  it("are not freed by removing what shares all but a small layer", async () => {
    const { client, host } = engine();
    const own = 100_000;
    for (const name of ["first:1", "second:1"]) {
      await client.loadImage({ name, baseLayers: [20 * mebibyte], layers: [own] });
    }
    await client.runRemoved("second:1");
    const sum = 2 * (20 * mebibyte + own);
    const quota = (bytes: number) => ["--quota", String(bytes), "--grace", "0s", "--max-age", "off"];
    const ledger = join(temporaryFolder(), "ledger.db");

    const within = await spawnJson(quota(sum - 1), { host, ledger });
    expect(namesWith(within, "remove")).toEqual([]);
    expect(within.usage.beforeBytes).toBe(20 * mebibyte + 2 * own);

    const over = await spawnJson(quota(20 * mebibyte + 2 * own - 1), { host, ledger });
    expect(namesWith(over, "remove")).toEqual(["first:1"]);
    expect(over.usage).toMatchObject({ plannedFreedBytes: own, measuredFreedBytes: own });
  });

  it("of the engine's filesystem are seen where the engine is on this host", async () => {
    const { client, host, owned } = engine();
    // The root of an engine that was there before may be in another mount namespace.
    if (!owned) return;
    await client.loadImage({ name: "app:1", layers: [smallest] });
    const args = [
      "--max-age",
      "off",
      "--quota",
      "90%",
      "--quota-target",
      "1G",
      "--min-free",
      "1B",
      "--min-free-inodes",
      "1",
    ];
    const report = await spawnJson([...args, "--dry-run"], { host });
    expect(report).toMatchObject({
      policy: { quotaTargetBytes: 2 ** 30, minFreeBytes: 1, minFreeInodes: 1 },
      exitCode: 0,
      unmetLimits: [],
    });
    const { path, before } = report.filesystem ?? {};
    expect(path).not.toBe("");
    expect(before?.freeBytes).toBeGreaterThan(0);
    expect(report.policy.quotaBytes).toBe(Math.floor(((before?.totalBytes ?? 0) * 90) / 100));
  });
});
