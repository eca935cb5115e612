import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makePlan } from "../../../../src/core/plan/plan.js";
import { facts, policy, type FactsRecipe, type PolicyRecipe } from "../../../support/values.js";

const later = 9999;

interface Case {
  readonly name: string;
  /** Used one after the other, the first one long ago. */
  readonly images: Readonly<Record<string, FactsRecipe>>;
  readonly policy: PolicyRecipe;
  readonly goes: readonly string[];
  readonly inTheWay?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: "are made up for by others, as far as their bytes make it necessary",
    images: {
      stuck: { size: 30, retryAt: later },
      old: { size: 20 },
      middle: { size: 20 },
      young: { size: 20 },
    },
    policy: { quotaBytes: 70 },
    goes: ["old"],
  },
  {
    name: "cost the others nothing where the quota cannot be met all the same",
    images: { stuck: { size: 50, retryAt: later }, old: { size: 20 }, young: { size: 20 } },
    policy: { quotaBytes: 40 },
    goes: [],
    inTheWay: ["stuck"],
  },
  {
    name: "leave the others what they would have without them",
    images: { stuck: { size: 50, retryAt: later }, old: { size: 30 }, young: { size: 20 } },
    policy: { quotaBytes: 40 },
    goes: ["old"],
    inTheWay: ["stuck"],
  },
  {
    name: "give up a target that they alone forbid, and not the quota",
    images: { stuck: { size: 30, retryAt: later }, old: { size: 10 }, young: { size: 10 } },
    policy: { quotaBytes: 45, quotaTargetBytes: 20 },
    goes: ["old"],
  },
  {
    name: "keep their parents, which stand in the way with them",
    images: {
      child: { size: 20, parent: "base", retryAt: later },
      base: { size: 50, lastUsedAt: 1 },
      young: { size: 20 },
    },
    policy: { quotaBytes: 40 },
    goes: [],
    inTheWay: ["child"],
  },
  {
    name: "that a rule keeps as well are as other kept ones: everything else goes",
    images: { stuck: { size: 50, retryAt: later, inUse: true }, old: { size: 20 } },
    policy: { quotaBytes: 40 },
    goes: ["old"],
    inTheWay: [],
  },
  {
    name: "are made up for by others where free space is short",
    images: { stuck: { size: 30, retryAt: later }, old: { size: 20 }, young: { size: 20 } },
    policy: { minFreeBytes: 110 },
    goes: ["old"],
  },
  {
    name: "cost the others nothing where they alone could make the space",
    images: { stuck: { size: 500, retryAt: later }, old: { size: 20 }, young: { size: 20 } },
    policy: { minFreeBytes: 200 },
    goes: [],
    inTheWay: ["stuck"],
  },
];

describe("images that the engine does not give away", () => {
  const filesystem = { totalBytes: 1000, freeBytes: 100, totalInodes: 500, freeInodes: 50 };

  it.each(cases)("$name", ({ images, policy: recipe, goes, inTheWay = [] }) => {
    const all = Object.entries(images).map(([word, image], index) =>
      facts(word, { lastUsedAt: index + 1, ...image }),
    );
    const plan = makePlan(all, policy(recipe), 1000, filesystem);
    const wordOf = (tags: readonly string[]) => tags[0]?.slice(0, -2);
    expect(plan.removals.map((each) => wordOf(each.facts.image.tags))).toEqual(goes);
    expect(
      plan.unmetLimits.flatMap((unmet) => unmet.inTheWay.map(({ image }) => wordOf(image.tags))),
    ).toEqual(inTheWay);
  });

  it("never cost a limit that can be met without them, nor more images than they would if they could go", () => {
    const image = fc.record({
      size: fc.integer({ min: 1, max: 30 }),
      state: fc.constantFrom("free", "stuck", "used"),
    });
    fc.assert(
      fc.property(
        fc.array(image, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 150 }),
        fc.nat(40),
        (images, quotaBytes, below) => {
          const rules = policy({ quotaBytes, quotaTargetBytes: Math.max(1, quotaBytes - below) });
          const plan = (stuck: "stuck" | "absent") =>
            makePlan(
              images.flatMap(({ size, state }, index) => {
                if (state === "stuck" && stuck === "absent") return [];
                const retryAt = state === "stuck" ? { retryAt: later } : {};
                return [
                  facts(`image${index}`, { size, lastUsedAt: index, inUse: state === "used", ...retryAt }),
                ];
              }),
              rules,
              1000,
            );
          const now = plan("stuck");
          const left = now.beforeBytes - now.freedBytes;
          const fixed = images
            .filter(({ state }) => state !== "free")
            .reduce((sum, { size }) => sum + size, 0);
          if (fixed <= quotaBytes) expect(left).toBeLessThanOrEqual(quotaBytes);
          else {
            const without = plan("absent").removals.map(
              ({
                facts: {
                  image: { id },
                },
              }) => id,
            );
            const gone = now.removals.map(
              ({
                facts: {
                  image: { id },
                },
              }) => id,
            );
            if (images.some(({ state }) => state === "stuck")) expect(gone).toEqual(without);
            expect(now.unmetLimits).toHaveLength(1);
          }
        },
      ),
    );
  });
});
