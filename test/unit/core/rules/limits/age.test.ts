import { describe, expect, it } from "vitest";
import { day, hour, now, planOf } from "../../../../support/plan-of.js";

describe("--untagged-age", () => {
  const images = {
    untagged: { idleMs: 2 * day, isUntagged: true },
    named: { idleMs: 2 * day },
  };

  it("is shorter than the age limit, longer, off, or the only one", () => {
    const outcome = (maxAgeMs: number | null, untaggedAgeMs: number | null) =>
      planOf(images, { maxAgeMs, untaggedAgeMs });
    expect(outcome(7 * day, day)).toEqual({ untagged: "goes: untagged-age", named: "within-limits" });
    expect(outcome(day, 7 * day)).toEqual({ untagged: "within-limits", named: "goes: age" });
    expect(outcome(day, null)).toEqual({ untagged: "within-limits", named: "goes: age" });
    expect(outcome(null, day)).toEqual({ untagged: "goes: untagged-age", named: "within-limits" });
    expect(outcome(day, day)).toEqual({ untagged: "goes: age", named: "goes: age" });
  });

  it("leaves an untagged parent with a child that stays, and takes it with one that goes", () => {
    const family = (childIdleMs: number) => ({
      parent: { idleMs: 9 * day, isUntagged: true },
      child: { idleMs: childIdleMs, parent: "parent" },
    });
    const rules = { maxAgeMs: 7 * day, untaggedAgeMs: day };
    expect(planOf(family(2 * day), rules)).toEqual({ parent: "within-limits", child: "within-limits" });
    expect(planOf(family(8 * day), rules)).toEqual({ parent: "goes: untagged-age", child: "goes: age" });
  });

  it("takes nothing within the grace time", () => {
    const fresh = { untagged: { idleMs: 2 * day, isUntagged: true, firstSeenAt: now - hour / 2 } };
    expect(planOf(fresh, { untaggedAgeMs: day, graceMs: hour })).toEqual({ untagged: "grace" });
  });
});
