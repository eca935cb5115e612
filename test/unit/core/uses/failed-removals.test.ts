import { describe, expect, it } from "vitest";
import { afterRemovals, retryAt, type RemovalOutcome } from "../../../../src/core/uses/failed-removals.js";
import type { Obstacle, Outcome } from "../../../../src/core/policy/removal.js";
import { imageId } from "../../../support/values.js";

const minute = 60_000;
const hour = 60 * minute;
const failedAt = 1_000 * hour;

describe("a removal that failed is tried again", () => {
  it.each<[failures: number, waitMs: number]>([
    [2, hour],
    [3, 4 * hour],
    [4, 24 * hour],
    [5, 24 * hour],
    [1000, 24 * hour],
  ])("after %i failures when %i ms have passed", (failures, waitMs) => {
    const failed = { failures, lastFailedAt: failedAt };
    const due = failedAt + waitMs;
    expect(retryAt(failed, failedAt)).toBe(due);
    expect(retryAt(failed, due - 1)).toBe(due);
    expect(retryAt(failed, due)).toBeNull();
    expect(retryAt(failed, due + 1)).toBeNull();
  });

  it("in the next run when it is the first failure", () => {
    expect(retryAt({ failures: 1, lastFailedAt: failedAt }, failedAt)).toBeNull();
  });

  it("after a day, time after time, where no registry had it", () => {
    for (const failures of [1, 2, 9])
      expect(retryAt({ cause: "registry", failures, lastFailedAt: failedAt }, failedAt + 1)).toBe(
        failedAt + 24 * hour,
      );
  });

  it("at once when the clock was set back behind the failure", () => {
    expect(retryAt({ failures: 9, lastFailedAt: failedAt }, failedAt - 1)).toBeNull();
  });

  it("whenever it is due when it never failed", () => {
    expect(retryAt(undefined, failedAt)).toBeNull();
  });
});

describe("what is remembered after a run", () => {
  const app = imageId("app");
  const before = new Map([[app, { failures: 2, lastFailedAt: failedAt, detail: null }]]);
  const ending = (outcome: Outcome, obstacle: Obstacle | null): RemovalOutcome => {
    return { imageId: app, outcome, obstacle, detail: "Busy.", at: failedAt + hour };
  };

  it.each<[Outcome, Obstacle | null, number | undefined]>([
    ["removed", null, undefined],
    ["gone", null, undefined],
    ["refused", "holder", 2],
    ["refused", "image", 3],
    ["skipped", "holder", 2],
    ["skipped", "use", 2],
    ["skipped", "moment", 2],
    ["skipped", "image", 3],
    ["failed", "image", 3],
  ])("of an image that failed twice and then was %s for %s", (outcome, obstacle, failures) => {
    expect(afterRemovals(before, [ending(outcome, obstacle)]).get(app)?.failures).toBe(failures);
  });

  it("is that no registry had it, in place of what the engine did, and the other way round", () => {
    const after = afterRemovals(before, [ending("skipped", "registry")]);
    expect(after.get(app)).toEqual({
      cause: "registry",
      failures: 1,
      lastFailedAt: failedAt + hour,
      detail: "Busy.",
    });
    expect(afterRemovals(after, [ending("failed", "image")]).get(app)).not.toHaveProperty("cause");
  });

  it("is the time of the last failure, and what was said", () => {
    expect(afterRemovals(new Map(), [ending("failed", "image")])).toEqual(
      new Map([[app, { failures: 1, lastFailedAt: failedAt + hour, detail: "Busy." }]]),
    );
    expect(before.get(app)?.lastFailedAt).toBe(failedAt);
  });
});
