import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { histories, type Deed, type PlainDeed } from "./history-deeds.js";
import { HistoryModel, type Judged, type JudgedRun } from "./history-model.js";

/** How many histories are tried of each kind, always the same ones unless the number is given; a full run has 20,000. */
const asked = process.env["DOCKER_GC_TEST_HISTORIES"];
const tries = asked === undefined ? { numRuns: 500, seed: 7 } : { numRuns: Number(asked) };
vi.setConfig({ testTimeout: 60_000 + 100 * tries.numRuns });

/**
 * A rare one that was red once: a name that a tag gave while a run listed, and that was in doubt at its checkpoint, as all tags of
 * the repository were pulled then; in the next window a load, a container by the name, and the end of the name.
 */
const nameInDoubt: Deed[] = [
  runWith({ kind: "load", first: 1, second: 1 }),
  { kind: "build", first: 34, second: 0 },
  runWith({ kind: "tag", first: 0, second: 0 }, { kind: "pull-all", first: 0, second: 0 }),
  { kind: "load", first: 1, second: 13 },
  { kind: "create", first: 0, second: 0 },
  { kind: "untag", first: 0, second: 0 },
  { kind: "end", first: 0, second: 0 },
  runWith(),
];

/** Another one, that finds where stamps of before the checkpoint are believed: a clock is set back, and the host sleeps meanwhile. */
const falseStamp: Deed[] = [
  runWith(),
  { kind: "load", first: 0, second: 0 },
  { kind: "step", first: 15, second: 3 },
  { kind: "pass", first: 2, second: 0 },
  { kind: "load", first: 0, second: 0 },
  runWith({ kind: "sleep", first: 2, second: 0 }),
  runWith(),
];

/** A pull that brings nothing, and one behind it that moves the name and is hidden, as the clock is set back by more than it may drift. */
const hiddenPull: Deed[] = [
  { kind: "load", first: 34, second: 0 },
  { kind: "pass", first: 2, second: 0 },
  runWith(),
  { kind: "pull-again", first: 0, second: 0 },
  { kind: "pass", first: 8, second: 0 },
  { kind: "pull-all", first: 0, second: 0 },
  { kind: "step", first: 3, second: 8 },
  runWith(),
];

/** An image whose end is hidden from one run, and that is made again unseen before the next, where a name is in doubt. */
const madeAgain: Deed[] = [
  { kind: "load", first: 0, second: 0 },
  { kind: "remove", first: 0, second: 0 },
  { kind: "step", first: 1, second: 1 },
  { kind: "load", first: 0, second: 0 },
  runWith(),
  { kind: "pull-all", first: 0, second: 0 },
  { kind: "pass", first: 2, second: 0 },
  { kind: "load", first: 0, second: 0 },
  { kind: "make-again", first: 0, second: 0 },
  runWith(),
];

function runWith(...meanwhile: readonly PlainDeed[]): Deed {
  return { kind: "run", first: 0, second: 0, meanwhile };
}

/** Times are cut to milliseconds. */
const steadySlackMs = 2;

/** Two clocks may be this far apart before it is called a step. */
const wildSlackMs = 2_000 + steadySlackMs;

async function runsOf(history: readonly Deed[]): Promise<JudgedRun[]> {
  const model = new HistoryModel();
  const runs: JudgedRun[] = [];
  for (const deed of history) {
    const run = await model.do(deed);
    if (run !== null) runs.push(run);
  }
  return runs;
}

/** Never more idle than the truth, but for what nothing tells. */
function expectNoOlder({ images }: JudgedRun, slackMs: number): void {
  const isOlder = ({ idleMs, trueIdleMs, doubtMs }: Judged) => idleMs > trueIdleMs + doubtMs + slackMs;
  expect(images.filter(isOlder)).toEqual([]);
}

/** Nor by the clock of time awake, which the grace time and the order go by. */
function expectInGrace({ images }: JudgedRun, slackMs: number): void {
  const isOlder = ({ awakeIdleMs, trueIdleMs, awakeDoubtMs }: Judged) =>
    awakeIdleMs > trueIdleMs + awakeDoubtMs + slackMs;
  expect(images.filter(isOlder)).toEqual([]);
}

function expectCredited({ images }: JudgedRun): void {
  expect(images.filter(({ lastUsedAt, used }) => lastUsedAt < used.wall - steadySlackMs)).toEqual([]);
}

function expectReported(run: JudgedRun, slackMs: number): void {
  const { observation, advancedMs, readableMs, doubtMs, lostEvents, hiddenEvents } = run;
  if (lostEvents + hiddenEvents > 0) expect(observation.gap).not.toBeNull();
  expect(advancedMs).toBeLessThanOrEqual(readableMs + doubtMs + slackMs);
}

describe("a history of runs, gaps, names that move and containers that outlive runs", () => {
  it("leaves no image older than it is, no use that was seen uncredited, and no time that was missed unreported", async () => {
    let [reads, excused, gaps, runs] = [0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(histories({ clocks: "steady", maxLength: 80 }), async (history) => {
        for (const run of await runsOf(history)) {
          expectNoOlder(run, steadySlackMs);
          expectCredited(run);
          expectReported(run, steadySlackMs);
          runs += 1;
          reads += run.reads;
          excused += run.excused;
          if (run.lostEvents > 0) gaps += 1;
        }
      }),
      { ...tries, examples: [[nameInDoubt]] },
    );
    // Otherwise the histories would say little.
    expect(gaps).toBeGreaterThan(runs / 20);
    expect(excused).toBeLessThan(reads / 100);
  });

  it("does so where the host sleeps and boots and its clock is set, but for what no clock and no event tells", async () => {
    let [judged, doubted, hidden, runs] = [0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(histories({ clocks: "wild", maxLength: 80 }), async (history) => {
        for (const run of await runsOf(history)) {
          expectNoOlder(run, wildSlackMs);
          expectInGrace(run, wildSlackMs);
          expectReported(run, wildSlackMs);
          runs += 1;
          judged += run.images.length;
          doubted += run.images.filter(({ doubtMs }) => doubtMs > 0).length;
          if (run.hiddenEvents > 0) hidden += 1;
        }
      }),
      { ...tries, examples: [[falseStamp], [hiddenPull], [madeAgain]] },
    );
    expect(hidden).toBeGreaterThan(runs / 50);
    expect(doubted).toBeLessThan(judged / 2);
  });
});
