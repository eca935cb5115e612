import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { histories, type Deed } from "./history-deeds.js";
import { HistoryModel, type JudgedRun } from "./history-model.js";

/** How many histories are tried, always the same ones unless the number is given; a full run has 20,000. */
const asked = process.env["DOCKER_GC_TEST_HISTORIES"];
const tries = asked === undefined ? { numRuns: 1_000, seed: 7 } : { numRuns: Number(asked) };

/** Times are cut to milliseconds. */
const slackMs = 2;

async function runsOf(history: readonly Deed[]): Promise<JudgedRun[]> {
  const model = new HistoryModel();
  const runs: JudgedRun[] = [];
  for (const deed of history) {
    const run = await model.do(deed);
    if (run !== null) runs.push(run);
  }
  return runs;
}

/** Never more idle than the truth. */
function expectNoOlder({ images }: JudgedRun): void {
  expect(images.filter(({ idleMs, trueIdleMs }) => idleMs > trueIdleMs + slackMs)).toEqual([]);
}

function expectCredited({ images }: JudgedRun): void {
  expect(images.filter(({ lastUsedAt, used }) => lastUsedAt < used.wall - slackMs)).toEqual([]);
}

function expectReported({ observation, advancedMs, readableMs, lostEvents }: JudgedRun): void {
  if (lostEvents > 0) expect(observation.gap).not.toBeNull();
  expect(advancedMs).toBeLessThanOrEqual(readableMs + slackMs);
}

describe("a history of runs, gaps, names that move and containers that outlive runs", () => {
  it("leaves no image older than it is, no use that was seen uncredited, and no time that was missed unreported", async () => {
    let [reads, excused, gaps, runs] = [0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(histories({ clocks: "steady", maxLength: 80 }), async (history) => {
        for (const run of await runsOf(history)) {
          expectNoOlder(run);
          expectCredited(run);
          expectReported(run);
          runs += 1;
          reads += run.reads;
          excused += run.excused;
          if (run.lostEvents > 0) gaps += 1;
        }
      }),
      tries,
    );
    // Otherwise the histories would say little.
    expect(gaps).toBeGreaterThan(runs / 20);
    expect(excused).toBeLessThan(reads / 100);
  });
});
