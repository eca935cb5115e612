import { describe, expect, it } from "vitest";
import { openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { day, hour, imageIn, minute, startScene, type Scene } from "../../support/scene.js";

/** A quota that the two images of a scene do not fit in together. */
const tight = { quotaBytes: 100, graceMs: hour };

async function appAndNoise() {
  const scene = await startScene();
  const app = scene.engine.pull({ name: "app:1", bytes: 1000 });
  scene.engine.pull({ name: "noise:1", bytes: 10 });
  await scene.run();
  return { scene, app };
}

function makeNoise({ engine }: Scene): void {
  engine.run("noise:1");
}

describe("the grace time goes by the time awake", () => {
  it.each([
    ["the clock is set forward", 2 * hour],
    ["the host sleeps for a night", 8 * hour],
  ])("where %s", async (_, step) => {
    const { scene } = await appAndNoise();
    const fresh = scene.engine.pull({ name: "fresh:1", bytes: 1000 });
    await scene.run();
    scene.clock.step(step);
    scene.clock.pass(minute);
    makeNoise(scene);
    expect(imageIn(await scene.run(tight, { mode: "dry-run" }), fresh).verdict).toMatchObject({
      reasons: ["grace"],
    });
    scene.clock.pass(hour);
    makeNoise(scene);
    expect(imageIn(await scene.run(tight), fresh).outcome).toBe("removed");
  });

  it("gaps are part of it, or a busy host would never be out of it", async () => {
    const { scene, app } = await appAndNoise();
    for (let quarter = 0; quarter < 5; quarter += 1) {
      scene.clock.pass(15 * minute);
      for (let count = 0; count < 60; count += 1) makeNoise(scene);
      expect((await scene.run()).observation.gap?.cause).toBe("overflow");
    }
    makeNoise(scene);
    expect(imageIn(await scene.run(tight), app).outcome).toBe("removed");
  });

  it("and a use while the clock is a year ahead is in it no longer than another", async () => {
    const { scene, app } = await appAndNoise();
    scene.clock.step(365 * day);
    scene.engine.run("app:1");
    await scene.run();
    scene.clock.step(-365 * day);
    makeNoise(scene);
    const soon = imageIn(await scene.run(tight), app);
    expect(soon.verdict.reasons).toEqual(["grace"]);
    expect(soon.lastUse.at).toBeLessThanOrEqual(scene.clock.time);
    scene.clock.pass(2 * hour);
    makeNoise(scene);
    expect(imageIn(await scene.run(tight), app).outcome).toBe("removed");
  });
});

it("a use with a stamp from before the checkpoint counts as one of just now, in idle time, grace and order", async () => {
  const { scene, app } = await appAndNoise();
  scene.clock.pass(2 * day);
  makeNoise(scene);
  await scene.run();
  scene.clock.pass(minute);
  scene.clock.step(-3 * hour);
  scene.engine.run("app:1");
  scene.clock.step(3 * hour);
  const report = await scene.run({ ...tight, keepRecent: 1 }, { mode: "dry-run" });
  expect(imageIn(report, app)).toMatchObject({ verdict: { reasons: ["recent", "grace"] } });
  expect(imageIn(report, app).idleMs).toBeLessThan(minute);
});

it("what a clock that was set back has hidden is a gap at first, and a use once it shows", async () => {
  const { scene, app } = await appAndNoise();
  scene.clock.pass(50 * minute);
  const usedAt = scene.clock.time;
  scene.engine.run("app:1");
  scene.clock.step(-10 * minute);
  makeNoise(scene);
  scene.clock.pass(5 * minute);
  const blind = await scene.run();
  expect(blind.observation.gap).toMatchObject({ cause: "clock", to: blind.observation.to });
  expect(Math.abs((blind.observation.gap?.from ?? 0) - (blind.observation.to - 10 * minute))).toBeLessThan(
    minute,
  );
  scene.clock.pass(5 * hour);
  const seeing = await scene.run();
  expect(seeing.observation.gap).toBeNull();
  expect(imageIn(seeing, app).lastUse.kind).toMatch(/^container-/);
  expect(imageIn(seeing, app).lastUse.at).toBeGreaterThan(usedAt - 6 * minute);
  // Once is enough.
  scene.clock.pass(hour);
  expect(imageIn(await scene.run(), app).idleMs).toBeGreaterThan(6 * hour);
});

it("a first run counts no sleep of before", async () => {
  const scene = await startScene();
  scene.clock.pass(20 * day);
  const app = scene.engine.pull({ name: "app:1" });
  scene.clock.pass(hour);
  scene.clock.step(8 * day);
  await scene.run();
  expect(imageIn(await scene.run(), app).idleMs).toBeLessThan(2 * hour);
});

it("an engine elsewhere is watched over boots of this host", async () => {
  const { scene, app } = await appAndNoise();
  for (let days = 0; days < 3; days += 1) {
    scene.clock.pass(day);
    makeNoise(scene);
    scene.clock.reboot();
    scene.clock.pass(5 * minute);
    expect((await scene.run()).observation.gap).toBeNull();
  }
  expect(imageIn(await scene.run(), app).idleMs).toBeGreaterThan(3 * day);
});

it("one run with the clock ahead forgets no history, and is not the last one for ever", async () => {
  const { scene } = await appAndNoise();
  await scene.run();
  scene.clock.step(400 * day);
  await scene.run();
  scene.clock.step(-400 * day);
  await scene.run();
  const ledger = openLedgerInMemory(scene.ledgerPath);
  const [past] = ledger.history();
  const last = past === undefined ? null : ledger.lastRun(past.engine);
  ledger.close();
  expect(past?.runs).toHaveLength(4);
  expect(past?.runs[0]).toEqual(last);
  expect(last?.startedAt).toBeLessThan(scene.clock.time);
});
