import { expect, it } from "vitest";
import { torture } from "./torture.js";

/** So few that it is quick: what matters is that the harness itself goes on working. */
it("finds no broken promise in a moment of torture", { timeout: 120_000 }, async () => {
  const tallies = await torture({
    seed: 1,
    scale: 0.01,
    only: ["input"],
    engines: "practice",
  });
  const lines = tallies.flatMap((tally) => tally.lines());
  expect(
    tallies.map(({ breaches }) => breaches),
    lines.join("\n"),
  ).toEqual([0]);
});
