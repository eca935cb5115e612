import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noUsePast } from "../../../../src/core/plan/need-order.js";
import {
  findDueRemovals,
  type DueRemoval,
  type DueRemovals,
} from "../../../../src/core/plan/due-removals.js";
import type { ImageFacts } from "../../../../src/core/facts/image-facts.js";
import type { Filesystem } from "../../../../src/core/policy/filesystem.js";
import type { Policy } from "../../../../src/core/policy/policy.js";
import type { ImageId } from "../../../../src/core/image/image.js";
import { makePlan, type Plan } from "../../../../src/core/plan/plan.js";
import { facts, imageId, policy, type FactsRecipe, type PolicyRecipe } from "../../../support/values.js";

const now = 1_000_000;
const full = { totalBytes: 1000, freeBytes: 5, totalInodes: 0, freeInodes: 0 };

function dueRemovalOf(
  images: readonly ImageFacts[],
  recipe: PolicyRecipe,
  word: string,
): DueRemoval | undefined {
  return dueRemovalsOf(images, policy(recipe), full).get(imageId(word));
}

function dueRemovalsOf(
  images: readonly ImageFacts[],
  rules: Policy,
  filesystem: Filesystem | null,
): DueRemovals {
  const plan = makePlan(images, rules, now, filesystem);
  return findDueRemovals({ plan, policy: rules, now, filesystem, readPast: () => noUsePast });
}

/** In grace for 60 ms more. */
const fresh = (word: string, recipe: FactsRecipe = {}) => facts(word, { lastUsedAt: now - 40, ...recipe });

describe("an image goes", () => {
  it("for the quota as soon as its grace ends, and for what is needed only", () => {
    const images = [fresh("first", { lastUsedAt: now - 45 }), fresh("second")];
    const recipe = { quotaBytes: 15, graceMs: 100 };
    expect(dueRemovalOf(images, recipe, "first")).toEqual({ inMs: 55, reason: "quota", withChild: null });
    expect(dueRemovalOf(images, recipe, "second")).toBeUndefined();
  });

  it("for free space as soon as its grace ends", () => {
    const images = [fresh("app"), facts("old", { lastUsedAt: 1, size: 3 })];
    const recipe = { minFreeBytes: 12, graceMs: 100 };
    expect(dueRemovalOf(images, recipe, "old")).toMatchObject({ inMs: 0, reason: "min-free" });
    expect(dueRemovalOf(images, recipe, "app")).toMatchObject({ inMs: 60, reason: "min-free" });
  });

  it("not for a quota that others meet by then for their age", () => {
    const images = [facts("old", { lastUsedAt: 1, idleMs: 10 }), fresh("app")];
    const recipe = { maxAgeMs: 30, quotaBytes: 15, graceMs: 100, keep: ["app:1"] };
    expect(dueRemovalOf(images, recipe, "old")).toMatchObject({ inMs: 0, reason: "quota" });
    const later = { ...recipe, keep: [], maxAgeMs: 200 };
    expect(
      dueRemovalOf([fresh("old", { idleMs: 150, lastUsedAt: now - 90 }), fresh("app")], later, "app"),
    ).toMatchObject({
      reason: "age",
    });
  });

  it("as a parent that is due with its child, and says so", () => {
    const images = [
      facts("step", { idleMs: 50, isUntagged: true, fields: { tags: [] } }),
      facts("child", { idleMs: 50, parent: "step" }),
    ];
    const recipe = { maxAgeMs: 100, untaggedAgeMs: 20 };
    expect(dueRemovalOf(images, recipe, "step")).toEqual({
      inMs: 50,
      reason: "untagged-age",
      withChild: "child:1",
    });
    expect(dueRemovalOf(images, recipe, "child")).toEqual({ inMs: 50, reason: "age", withChild: null });
    expect(dueRemovalOf(images, { ...recipe, maxAgeMs: null }, "step")).toBeUndefined();
  });

  it("as a parent whose child is in grace", () => {
    const images = [facts("step", { idleMs: 50 }), fresh("child", { idleMs: 50, parent: "step" })];
    expect(dueRemovalOf(images, { maxAgeMs: 20, graceMs: 100 }, "step")).toMatchObject({
      inMs: 60,
      withChild: "child:1",
    });
  });

  it("never while something holds it", () => {
    expect(
      dueRemovalOf([facts("app", { inUse: true, idleMs: 50 })], { maxAgeMs: 20 }, "app"),
    ).toBeUndefined();
  });
});

function goesIn({ removals }: Pick<Plan, "removals">, id: ImageId): boolean {
  return removals.some(({ facts: { image } }) => image.id === id);
}

it("goes in the plan of that moment and in none before, if what is due before is gone by then", () => {
  const image = fc.record({
    size: fc.integer({ min: 1, max: 50 }),
    idleMs: fc.integer({ min: 0, max: 300 }),
    lastUsedAt: fc.integer({ min: now - 300, max: now }),
  });
  const limits = fc.record({
    maxAgeMs: fc.option(fc.integer({ min: 1, max: 300 })),
    quotaBytes: fc.option(fc.integer({ min: 1, max: 100 })),
    graceMs: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 6 }), limits, (recipes, recipe) => {
      const rules = policy(recipe);
      const images = recipes.map((each, index) => facts(`image-${index}`, each));
      const dueRemovals = dueRemovalsOf(images, rules, null);
      for (const [id, { inMs }] of dueRemovals) {
        const left = images.filter(
          ({ image: { id: other } }) => (dueRemovals.get(other)?.inMs ?? Infinity) >= inMs,
        );
        const aged = left.map((each) => ({ ...each, idleMs: each.idleMs + inMs }));
        const { removals } = makePlan(aged, rules, now + inMs);
        expect(goesIn({ removals }, id)).toBe(true);
        if (inMs === 0) continue;
        const before = left.map((each) => ({ ...each, idleMs: each.idleMs + inMs - 1 }));
        expect(goesIn(makePlan(before, rules, now + inMs - 1), id)).toBe(false);
      }
      const rest = images.filter(({ image: { id } }) => !dueRemovals.has(id));
      const atLast = rest.map((each) => ({ ...each, idleMs: each.idleMs + 1000 }));
      expect(makePlan(atLast, rules, now + 1000).removals).toEqual([]);
    }),
  );
});

it("asks about the soonest of very many moments alone, and knows of the others when they are too old", () => {
  const aged = Array.from({ length: 3000 }, (_, index) => facts(`image-${index}`, { idleMs: index }));
  const step = facts("step", { idleMs: 2999, isUntagged: true, fields: { tags: [] } });
  const images = [...aged, step, facts("child", { idleMs: 100, parent: "step" })];
  const recipe = { maxAgeMs: 5000, untaggedAgeMs: 10 };
  const dueRemovals = dueRemovalsOf(images, policy(recipe), null);
  expect(dueRemovals.size).toBe(images.length);
  expect(dueRemovals.get(imageId("image-2999"))).toMatchObject({ inMs: 2001, reason: "age" });
  expect(dueRemovals.get(imageId("image-5"))).toMatchObject({ inMs: 4995, reason: "age" });
  expect(dueRemovals.get(imageId("step"))).toEqual({
    inMs: 4900,
    reason: "untagged-age",
    withChild: "child:1",
  });
});
