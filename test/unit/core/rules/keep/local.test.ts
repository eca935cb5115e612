import { describe, expect, it } from "vitest";
import { day, planOf } from "../../../../support/plan-of.js";

describe("--keep-local", () => {
  it("keeps what no registry is known to have, and leaves the rest to the limits", () => {
    const images = {
      built: { idleMs: 30 * day, inRegistry: false },
      pulled: { idleMs: 30 * day, inRegistry: true },
    };
    expect(planOf(images, { maxAgeMs: day, keepLocal: "all" })).toEqual({
      built: "local",
      pulled: "goes: age",
    });
    expect(planOf(images, { maxAgeMs: day })).toEqual({ built: "goes: age", pulled: "goes: age" });
  });
});
