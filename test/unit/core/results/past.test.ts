import { describe, expect, it } from "vitest";
import { parsePattern } from "../../../../src/core/policy/patterns.js";
import { isEventful, pastOf } from "../../../../src/core/results/past.js";
import { engine, moment, removal, run } from "../../../support/ledger/build-records.js";

const early = run({
  startedAt: moment,
  finishedAt: moment + 1,
  exitCode: 0,
  removals: [removal({ names: ["app:1"] })],
});
const failed = run({
  startedAt: moment + 10,
  finishedAt: moment + 11,
  exitCode: 3,
  removals: [
    removal({ names: ["app:2"], freedBytes: 7 }),
    removal({ names: ["web:1"], outcome: "failed", freedBytes: 0 }),
  ],
});
const unfinished = run({ startedAt: moment + 20 });
const runs = [unfinished, failed, early];
const all = { since: null, until: null, patterns: null };
const matching = (text: string) => [parsePattern(text, "test")];

describe("what is shown of the past", () => {
  it.each([
    ["everything", all, runs],
    ["what began at a time or later", { ...all, since: moment + 10 }, [unfinished, failed]],
    ["what began before a time", { ...all, until: moment + 10 }, [early]],
    [
      "what removed an image, with that removal alone",
      { ...all, patterns: matching("web:*") },
      [{ ...failed, removals: failed.removals.slice(1) }],
    ],
    ["nothing where nothing matches", { ...all, patterns: matching("none") }, []],
  ])("%s", (_, filter, expected) => {
    expect(pastOf({ engine, runs }, filter).runs).toEqual(expected);
  });

  it("is added up", () => {
    expect(pastOf({ engine, runs }, all).totals).toEqual({
      runs: 3,
      unfinished: 1,
      unsuccessful: 1,
      removed: 2,
      failed: 1,
      freedBytes: removal().freedBytes + 7,
    });
  });
});

describe("a run is worth a line", () => {
  const quiet = run({ finishedAt: moment, exitCode: 0 });
  const gap = { from: null, to: moment, cause: "first-run" } as const;
  it.each([
    ["not when it found nothing to do", quiet, false],
    ["when it planned removals", { ...quiet, removals: [removal()] }, true],
    ["when it failed", { ...quiet, exitCode: 4 }, true],
    ["when it never ended", { ...quiet, finishedAt: null, exitCode: null }, true],
    ["when something was missed", { ...quiet, observation: { ...quiet.observation, gap } }, true],
  ])("%s", (_, entry, expected) => {
    expect(isEventful(entry)).toBe(expected);
  });
});
