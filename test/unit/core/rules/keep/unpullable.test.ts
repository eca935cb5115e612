import { describe, expect, it } from "vitest";
import { day, hour, now, planOf } from "../../../../support/plan-of.js";

describe("--keep-unpullable", () => {
  const images = {
    lost: { idleMs: 30 * day, unpullable: { askedAgainAt: now + hour, detail: "Gone." } },
    other: { idleMs: 30 * day },
  };

  it("keeps what no registry had, and only where it is set", () => {
    expect(planOf(images, { maxAgeMs: day, keepUnpullable: "all" })).toEqual({
      lost: "unpullable",
      other: "goes: age",
    });
    expect(planOf(images, { maxAgeMs: day })).toEqual({ lost: "goes: age", other: "goes: age" });
  });

  it("has others go for the space that it holds", () => {
    const rules = { quotaBytes: 10, keepUnpullable: "all" } as const;
    expect(planOf(images, rules)).toEqual({ lost: "unpullable", other: "goes: quota" });
  });
});
