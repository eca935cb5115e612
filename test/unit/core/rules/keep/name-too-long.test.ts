import { describe, expect, it } from "vitest";
import { mostCharacters } from "../../../../../src/core/text/known-text.js";
import { day, planOf, tagged } from "../../../../support/plan-of.js";

describe("a name that is longer than any engine gives", () => {
  const nobodyKnows = `app:${"x".repeat(mostCharacters)}`;
  const old = { idleMs: 30 * day };

  it("keeps its image, as no rule can tell whether it is meant", () => {
    const images = {
      long: { ...old, ...tagged("app:1", nobodyKnows) },
      short: { ...old, ...tagged("app:2") },
    };
    expect(planOf(images, { maxAgeMs: day })).toMatchObject({
      long: "name-too-long",
      short: "goes: age",
    });
  });
});
