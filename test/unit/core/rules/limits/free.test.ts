import { describe, expect, it } from "vitest";
import { makePlan } from "../../../../../src/core/plan/plan.js";
import { facts, policy } from "../../../../support/values.js";
import { goes } from "../../../../support/plan-of.js";

describe("--free", () => {
  const images = {
    one: { fields: { tags: ["app:1"] }, lastUsedAt: 10, size: 10 },
    two: { fields: { tags: ["app:2"] }, lastUsedAt: 20, size: 10 },
    three: { fields: { tags: ["app:3"] }, lastUsedAt: 30, size: 10 },
  };

  it("takes as much as it names, the least recently used first", () => {
    expect(goes(images, { toFreeBytes: 10 })).toEqual(["app:1 free"]);
    expect(goes(images, { toFreeBytes: 11 })).toEqual(["app:1 free", "app:2 free"]);
  });

  it("counts what goes for another limit", () => {
    expect(goes(images, { toFreeBytes: 10, maxVersions: 2 })).toEqual(["app:1 versions"]);
  });

  it("says what it comes to where it cannot be met", () => {
    const all = Object.entries(images).map(([word, each]) => facts(word, each));
    const plan = makePlan(all, policy({ toFreeBytes: 31 }), 1000);
    expect(plan.unmetLimits).toMatchObject([{ limit: "free", limitBytes: 31, freedBytes: plan.freedBytes }]);
    expect(makePlan(all, policy({ toFreeBytes: 30, keepRecent: 0 }), 1000).unmetLimits).toEqual([]);
  });
});
