import { afterAll, beforeAll, expect, it } from "vitest";
import { Program } from "./program.js";
import { parts, torture } from "./torture.js";

let program: Program;
beforeAll(async () => {
  program = await Program.build();
});
afterAll(() => program.remove());

/** So few that it is quick: what matters is that the harness itself goes on working. */
it.each(parts)("finds no broken promise in a moment of torture: %s", { timeout: 300_000 }, async (part) => {
  const tallies = await torture({ seed: 1, scale: 0.005, only: [part], engines: "practice", program });
  const lines = tallies.flatMap((tally) => tally.lines());
  expect(
    tallies.map(({ breaches }) => breaches),
    lines.join("\n"),
  ).toEqual([0]);
});
