import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import type { RunEntry } from "../../../../src/core/results/history.js";
import { checkRuns } from "../../../../src/doctor/checks/runs.js";
import { runsEvery } from "../../../support/runs-every.js";

const [minute, day] = [60_000, 24 * 3_600_000];

const now = 1_769_853_600_000;

describe("past runs", () => {
  it.each<[string, readonly RunEntry[], RegExp]>([
    [
      "come and come through",
      runsEvery(5 * minute, minute, now),
      /^good the last run ended 1m ago with exit code 0/,
    ],
    ["may leave a limit unmet", runsEvery(5 * minute, minute, now, { exitCode: 6 }), /^good .* exit code 6/],
    [
      "fail",
      runsEvery(5 * minute, minute, now, { exitCode: 5 }),
      /^problem .* exit code 5 run docker-gc by hand/,
    ],
    [
      "have ceased",
      runsEvery(5 * minute, 2 * day, now),
      /^problem .* ended 2d ago .* came 5m apart .*list-timers/,
    ],
    ["are late, and not missing", runsEvery(5 * minute, 50 * minute, now), /^good/],
    ["of a person come when they come", runsEvery(day, 3 * day, now, {}, 2), /^good/],
    ["are not there", [], /^skipped/],
  ])("%s", (_, runs, expected) => {
    expect(checksText(checkRuns(runs, now))).toMatch(expected);
  });
});
