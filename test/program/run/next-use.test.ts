import { expect, it } from "vitest";
import { openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { day, imageIn, hour, practiceKey, startScene } from "../../support/scene.js";

const megabyte = 1e6;
const nightly = { name: "nightly:1", megabytes: 10, content: "the same again" };

/** What a quota of 25 MiB takes after some nights of a job, each with an image by day that is used once. */
async function afterNights(nights: number, order: "next-use" | "last-use") {
  const scene = await startScene();
  scene.engine.load(nightly);
  for (let night = 0; night < nights; night += 1) {
    scene.engine.run("nightly:1");
    for (let run = 0; run < 24; run += 1) {
      await scene.run();
      scene.clock.pass(hour);
    }
  }
  // Used once, a little later than the job: 20 hours later all are idle.
  scene.engine.run("nightly:1");
  await scene.run();
  scene.clock.pass(hour);
  for (const name of ["once:1", "twice:1"]) {
    scene.engine.load({ name, megabytes: 10 });
    scene.engine.run(name);
    await scene.run();
    scene.clock.pass(hour);
  }
  for (let run = 0; run < 20; run += 1) {
    await scene.run();
    scene.clock.pass(hour);
  }
  return { scene, report: await scene.run({ quotaBytes: 25 * megabyte, graceMs: hour, order }) };
}

it("keeps the image of a job that comes back every night, and gives up one that was used once", async () => {
  const { report } = await afterNights(4, "next-use");
  expect(imageIn(report, "nightly:1").verdict.kind).toBe("keep");
  expect(report.images.filter(({ outcome }) => outcome === "removed")).toHaveLength(1);
}, 60_000);

it("says once that it chooses so, and of each image what is expected of it", async () => {
  const { scene, report } = await afterNights(4, "next-use");
  expect(report.choice).toEqual({ by: "next-use", isFirst: true });
  const expected = imageIn(report, "nightly:1").expectedUse;
  expect(expected?.rhythmMs).toBeCloseTo(day, -6);
  expect(expected?.ownMs).toBeLessThan(2 * hour);
  const limits = { quotaBytes: 15 * megabyte, graceMs: hour };
  expect((await scene.run(limits, { mode: "dry-run" })).choice).toEqual({ by: "next-use", isFirst: false });
  expect((await scene.run({ quotaBytes: 90 * megabyte })).choice).toBeNull();
}, 60_000);

it("goes by last use where that is asked for", async () => {
  const { report } = await afterNights(4, "last-use");
  expect(imageIn(report, "nightly:1").outcome).toBe("removed");
}, 60_000);

it("knows a removed image again that is back, and how long nobody used it", async () => {
  const { scene, report } = await afterNights(2, "last-use");
  const { id } = imageIn(report, "nightly:1").image;
  const read = () => {
    const ledger = openLedgerInMemory(scene.ledgerPath);
    const key = { key: practiceKey };
    const known = { past: ledger.usePast(key), removed: ledger.removedImages(key) };
    ledger.close();
    return known;
  };
  const [before] = read().removed.values();
  expect(before).toMatchObject({ id, names: ["nightly:1"], reason: "quota", bytes: 10 * megabyte });
  await scene.run();
  scene.engine.load(nightly);
  await scene.run();
  const { past, removed } = read();
  expect(removed.size).toBe(0);
  // Two nights apart, then 23 hours until it went and came back.
  const hours = past.idleTimes.get(id)?.map((idleMs) => Math.round(idleMs / hour));
  expect(hours).toEqual([24, 24, 23]);
}, 60_000);
