import { expect, it } from "vitest";
import { openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import { day, hour, imageIn, minute, settlingMs, startScene } from "./scene.js";

const week = { maxAgeMs: 7 * day };
const runsADay = day / (5 * minute);

/** A run every five minutes; answers with the number of the one that removed the image. */
async function removedAtRun(
  disturb: (number: number, scene: Awaited<ReturnType<typeof startScene>>) => void,
) {
  const scene = await startScene();
  const ledger = openLedgerInMemory(scene.ledgerPath);
  const image = scene.engine.load({ name: "unused:1" });
  for (let number = 0; number <= 8 * runsADay; number += 1) {
    const report = await scene.run(week, { ledger });
    if (imageIn(report, image).outcome === "removed") {
      ledger.close();
      return number;
    }
    scene.clock.pass(5 * minute - settlingMs);
    disturb(number, scene);
  }
  throw new Error("It was never removed.");
}

it("an unused image goes after exactly seven days of runs every five minutes", async () => {
  expect(await removedAtRun(() => undefined)).toBe(7 * runsADay);
}, 120_000);

it("a gap delays that by its length", async () => {
  const afterDays = 3 * runsADay;
  const removed = await removedAtRun((number, { clock, engine }) => {
    if (number !== afterDays) return;
    // No runs for an hour, and the engine forgets what was.
    clock.pass(hour - 5 * minute);
    engine.restart();
    engine.load({ name: "other:1" });
  });
  // An hour of twelve runs that did not take place, and that does not count.
  expect(removed).toBe(7 * runsADay + 1);
}, 120_000);
