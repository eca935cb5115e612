import { describe, expect, it } from "vitest";
import type { Filesystem } from "../../../../../src/core/policy/filesystem.js";
import { makePlan } from "../../../../../src/core/plan/plan.js";
import { facts, policy, type FactsRecipe, type PolicyRecipe } from "../../../../support/values.js";

const filesystem: Filesystem = { totalBytes: 1000, freeBytes: 100, totalInodes: 500, freeInodes: 50 };

interface Case {
  readonly name: string;
  readonly images: Readonly<Record<string, FactsRecipe>>;
  readonly policy: PolicyRecipe;
  readonly free?: Partial<Filesystem>;
  readonly goes: Readonly<Record<string, string>>;
  readonly unmet?: readonly string[];
}

/** Images of these sizes, used one after the other in this order, the first one long ago. */
function usedInOrder(...sizes: readonly number[]): Record<string, FactsRecipe> {
  return Object.fromEntries(
    sizes.map((size, index) => [
      `image${index}`,
      { size, lastUsedAt: index + 1, idleMs: index === 0 ? 99 : 0 },
    ]),
  );
}

const cases: readonly Case[] = [
  { name: "nothing where enough is free", images: usedInOrder(50), policy: { minFreeBytes: 100 }, goes: {} },
  {
    name: "the least recently used where a byte is missing",
    images: usedInOrder(20, 30),
    policy: { minFreeBytes: 101 },
    goes: { image0: "min-free" },
  },
  {
    name: "as a quota would: what fits stays",
    images: usedInOrder(20, 30, 40, 10),
    // 45 of 100 bytes may stay.
    policy: { minFreeBytes: 155 },
    goes: { image0: "min-free", image2: "min-free" },
  },
  {
    name: "nothing more where age frees enough",
    images: usedInOrder(20, 30),
    policy: { minFreeBytes: 120, maxAgeMs: 50 },
    goes: { image0: "age" },
  },
  {
    name: "what is missing beyond that",
    images: usedInOrder(20, 30, 40),
    policy: { minFreeBytes: 121, maxAgeMs: 50 },
    goes: { image0: "age", image1: "min-free" },
  },
  {
    name: "nothing where nothing helps, and says so",
    images: { used: { size: 900, inUse: true } },
    policy: { minFreeBytes: 200 },
    goes: {},
    unmet: ["min-free"],
  },
  {
    name: "all that may go where that is not enough, and says so",
    images: { used: { size: 800, inUse: true }, free: { size: 20 } },
    policy: { minFreeBytes: 200 },
    goes: { free: "min-free" },
    unmet: ["min-free"],
  },
  {
    name: "nothing in the grace time",
    images: { fresh: { size: 50, firstSeenAt: 999 } },
    policy: { minFreeBytes: 120, graceMs: 10 },
    goes: {},
    unmet: ["min-free"],
  },
  {
    name: "each that would free inodes, least recently used first, while they are short",
    images: usedInOrder(20, 0, 30),
    policy: { minFreeInodes: 51 },
    goes: { image0: "min-free-inodes", image2: "min-free-inodes" },
  },
  {
    name: "nothing where there are enough inodes",
    images: usedInOrder(20),
    policy: { minFreeInodes: 50 },
    goes: {},
  },
  {
    name: "nothing where nothing may go for inodes, and says so",
    images: { used: { inUse: true } },
    policy: { minFreeInodes: 51 },
    goes: {},
    unmet: ["min-free-inodes"],
  },
];

describe("for free space goes", () => {
  it.each(cases)("$name", ({ images, policy: recipe, free, goes, unmet = [] }) => {
    const all = Object.entries(images).map(([word, image]) => facts(word, image));
    const plan = makePlan(all, policy(recipe), 1000, { ...filesystem, ...free });
    const gone = plan.removals.map(({ facts: { image }, verdict }) => [
      image.tags[0]?.slice(0, -2),
      verdict.reason,
    ]);
    expect(Object.fromEntries(gone)).toEqual(goes);
    expect(plan.unmetLimits.map(({ limit }) => limit)).toEqual(unmet);
  });

  it("nothing where the filesystem was not looked at", () => {
    expect(makePlan([facts("one")], policy({ minFreeBytes: 999 }), 1000).removals).toEqual([]);
  });
});
