import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makePlan } from "../../../../src/core/plan/plan.js";
import { facts, layer, policy } from "../../../support/values.js";

const base = layer("base", 1000);

function image(word: string, bytes: number, recipe: Parameters<typeof facts>[1] = {}) {
  return { ...facts(word, recipe), topLayer: layer(word, bytes, base) };
}

describe("where the bytes are", () => {
  it("is in one place for each of them", () => {
    const images = [
      image("used", 1, { inUse: true }),
      image("ruled", 2),
      image("recent", 4, { lastUsedAt: 90 }),
      image("free", 8),
      facts("alone", { size: 16 }),
    ];
    const { held, beforeBytes } = makePlan(images, policy({ keep: ["ruled:1"], graceMs: 20 }), 100);
    expect(held).toEqual({ inUse: 1, byRule: 2, recent: 4, shared: 1000, free: 24 });
    expect(beforeBytes).toBe(1031);
  });

  it("counts what only one image that stays has as that one's, whoever else may go", () => {
    const { held } = makePlan([image("used", 1, { inUse: true }), image("free", 8)], policy(), 100);
    expect(held).toEqual({ inUse: 1001, byRule: 0, recent: 0, shared: 0, free: 8 });
  });

  it("counts a parent's layers for the child that it is kept for", () => {
    const parent = { ...facts("parent"), topLayer: base };
    const { held } = makePlan([parent, image("child", 1, { parent: "parent", inUse: true })], policy(), 100);
    expect(held).toMatchObject({ inUse: 1001, shared: 0 });
  });

  it("adds up, whatever stays", () => {
    const low = layer("low", 7);
    const layers = [low, layer("one", 10, low), layer("two", 11, low), layer("alone", 12)];
    const states = fc.array(
      fc.record({ inUse: fc.boolean(), topLayer: fc.constantFrom(...layers), lastUsedAt: fc.nat(100) }),
      { maxLength: 9 },
    );
    fc.assert(
      fc.property(states, fc.nat(60), (recipes, graceMs) => {
        const images = recipes.map(({ topLayer, ...recipe }, index) => ({
          ...facts(`image${index}`, recipe),
          topLayer,
        }));
        const { held, beforeBytes } = makePlan(
          images,
          policy({ graceMs, keep: ["image1:1"], quotaBytes: 25 }),
          100,
        );
        const { inUse, byRule, recent, shared, free } = held;
        expect(inUse + byRule + recent + shared + free).toBe(beforeBytes);
        expect(Math.min(inUse, byRule, recent, shared, free)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
