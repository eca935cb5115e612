import { describe, expect, it } from "vitest";
import { gapWarning } from "../../../../src/core/uses/coverage.js";
import type { Observation } from "../../../../src/core/uses/observation.js";

const minute = 60_000;
const hour = 60 * minute;
const now = 100 * hour;

function overflow(fields: Partial<Observation> = {}): Observation {
  const gap = { from: now - 5 * minute, to: now - minute, cause: "overflow" } as const;
  return { from: now - minute, to: now, events: 256, gap, observedMs: 12 * hour, ...fields };
}

describe("the warning of a gap", () => {
  it("is not given without a gap, nor on the first run", () => {
    expect(gapWarning(overflow({ gap: null }), null)).toBeNull();
    expect(gapWarning(overflow({ gap: { from: null, to: now, cause: "first-run" } }), null)).toBeNull();
  });

  it("is not given of less than a second, unless more happens than the engine remembers", () => {
    const gap = (cause: "restart" | "overflow" | "unknown", ms: number) => {
      return overflow({ gap: { from: now - minute - ms, to: now - minute, cause } });
    };
    expect(gapWarning(gap("restart", 999), null)).toBeNull();
    expect(gapWarning(gap("unknown", 0), null)).toBeNull();
    expect(gapWarning(gap("restart", 1000), null)).toContain("The events of 1s");
    expect(gapWarning(gap("overflow", 999), null)).toContain("--linger");
  });

  it("says how much is missing, how much of the last 24 hours was observed, and what would have been enough", () => {
    const text = gapWarning(overflow(), { at: now - 24 * hour, observedMs: 6 * hour });
    expect(text).toContain("The events of 4m are missing");
    expect(text).toContain("Of the last 24 hours, 25.0 % was observed.");
    expect(text).toContain("The events lasted 1m: run at least that often, or let runs stay with --linger.");
  });

  it("counts no more than 24 hours, and says when the ledger does not go back that far", () => {
    expect(gapWarning(overflow(), { at: now - 60 * hour, observedMs: 0 })).toContain("hours, 50.0 % was");
    expect(gapWarning(overflow(), { at: now - 2 * hour, observedMs: 11 * hour })).toContain(
      "Of the last 24 hours (the ledger goes back 2h), 50.0 % was observed.",
    );
  });

  it("does not blame the schedule for a restart", () => {
    const gap = { from: now - minute, to: now, cause: "restart" } as const;
    expect(gapWarning(overflow({ gap }), null)).not.toContain("--linger");
  });
});
