import { describe, expect, it } from "vitest";
import {
  exitCodeOf,
  exitCodeOfError,
  exitCodeOfInterruption,
  exitCodes,
} from "../../../../src/core/results/exit-code.js";
import { Failure, type FailureCode } from "../../../../src/core/text/failure.js";
import type { RunReport } from "../../../../src/core/results/run-report.js";
import type { UnmetLimit } from "../../../../src/core/plan/unmet-limits.js";
import type { Outcome } from "../../../../src/core/policy/removal.js";

const unmet: UnmetLimit = { limit: "quota", limitBytes: 1, remainingBytes: 2, holders: [], inTheWay: [] };

interface Ending {
  readonly outcomes?: readonly (Outcome | null)[];
  readonly unmetLimits?: readonly UnmetLimit[];
  readonly interruptedBy?: "SIGINT" | "SIGTERM" | null;
  readonly stoppedBy?: RunReport["stoppedBy"];
}

/** Only what decides the exit code. */
function reportOf({
  outcomes = [],
  unmetLimits = [],
  interruptedBy = null,
  stoppedBy = null,
}: Ending): RunReport {
  const images = outcomes.map((outcome) => ({ outcome }));
  return { images, unmetLimits, interruptedBy, stoppedBy } as unknown as RunReport;
}

describe("exitCodeOf", () => {
  it.each<[string, Ending, number]>([
    ["nothing to do", {}, 0],
    ["a dry run", { outcomes: [null, null] }, 0],
    ["all removed", { outcomes: ["removed", "removed", null] }, 0],
    ["refused because it is in use", { outcomes: ["removed", "refused"] }, 0],
    ["gone already, or skipped", { outcomes: ["gone", "skipped"] }, 0],
    ["one failed", { outcomes: ["removed", "failed", "removed"] }, 3],
    ["a limit not met", { unmetLimits: [unmet] }, 6],
    ["failed, so that a limit is not met", { outcomes: ["failed"], unmetLimits: [unmet] }, 3],
    ["engine lost on the way", { stoppedBy: { code: "engine", message: "gone" } }, 4],
    [
      "engine lost after a failure",
      { stoppedBy: { code: "engine", message: "gone" }, outcomes: ["failed"], unmetLimits: [unmet] },
      4,
    ],
    ["ledger lost on the way", { stoppedBy: { code: "ledger", message: "full" }, outcomes: ["failed"] }, 5],
    ["interrupted", { interruptedBy: "SIGINT" }, 130],
    ["terminated", { interruptedBy: "SIGTERM" }, 143],
    [
      "all at once",
      {
        interruptedBy: "SIGINT",
        stoppedBy: { code: "engine", message: "x" },
        outcomes: ["failed"],
        unmetLimits: [unmet],
      },
      130,
    ],
  ])("%s", (_, ending, expected) => {
    expect(exitCodeOf(reportOf(ending))).toBe(expected);
  });
});

describe("exitCodeOfError", () => {
  it.each<[FailureCode, number]>([
    ["usage", 2],
    ["engine", 4],
    ["ledger", 5],
    ["locked", 75],
  ])("%s", (code, expected) => {
    expect(exitCodeOfError(new Failure(code, "x"))).toBe(expected);
  });

  it("takes everything unexpected for a bug", () => {
    expect(exitCodeOfError(new TypeError("x"))).toBe(1);
    expect(exitCodeOfError(undefined)).toBe(1);
  });

  it("knows a signal without a report", () => {
    expect([exitCodeOfInterruption("SIGINT"), exitCodeOfInterruption("SIGTERM")]).toEqual([130, 143]);
  });

  it("has a meaning for every code of the design", () => {
    expect(Object.keys(exitCodes).map(Number)).toEqual([0, 1, 2, 3, 4, 5, 6, 74, 75, 130, 143]);
  });
});
