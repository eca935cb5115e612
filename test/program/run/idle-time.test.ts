import { expect, it } from "vitest";
import { openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { day, hour, imageIn, minute, settlingMs, startScene } from "../../support/scene.js";

/** A run every so often, until one removes the image that nobody uses. */
async function runsUntilRemoved(
  everyMs: number,
  maxAgeMs: number,
  disturb: (number: number, scene: Awaited<ReturnType<typeof startScene>>) => void,
): Promise<{ readonly runs: number; readonly idleMs: number; readonly passedMs: number }> {
  const scene = await startScene();
  const ledger = openLedgerInMemory(scene.ledgerPath);
  const image = scene.engine.load({ name: "unused:1" });
  const loadedAt = scene.clock.time;
  for (let number = 0; number <= (2 * maxAgeMs) / everyMs; number += 1) {
    const report = await scene.run({ maxAgeMs }, { ledger });
    const { outcome, idleMs } = imageIn(report, image);
    if (outcome === "removed") {
      ledger.close();
      return { runs: number, idleMs, passedMs: scene.clock.time - loadedAt };
    }
    scene.clock.pass(everyMs - settlingMs);
    disturb(number, scene);
  }
  throw new Error("It was never removed.");
}

it("an unused image goes after exactly a day of runs every five minutes, and none of them costs it any time", async () => {
  const { runs, idleMs, passedMs } = await runsUntilRemoved(5 * minute, day, () => undefined);
  expect(runs).toBe(day / (5 * minute));
  expect(Math.abs(passedMs - idleMs)).toBeLessThan(2 * settlingMs);
}, 120_000);

it("after exactly seven days of runs every hour", async () => {
  const { runs, idleMs, passedMs } = await runsUntilRemoved(hour, 7 * day, () => undefined);
  expect(runs).toBe(7 * 24);
  expect(Math.abs(passedMs - idleMs)).toBeLessThan(2 * settlingMs);
}, 120_000);

it("a gap delays that by its length", async () => {
  const { runs } = await runsUntilRemoved(hour, 7 * day, (number, { clock, engine }) => {
    if (number !== 3 * 24) return;
    // No run for two hours, and the engine forgets what was.
    clock.pass(hour);
    engine.restart();
    engine.load({ name: "other:1" });
  });
  // Two hours that do not count, of which one has no run.
  expect(runs).toBe(7 * 24 + 1);
}, 120_000);
