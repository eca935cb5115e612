import { expect, it } from "vitest";
import { makePlan } from "../../../../../src/core/plan/plan.js";
import { facts, imageId, policy, type FactsRecipe, type PolicyRecipe } from "../../../../support/values.js";

const day = 86_400_000;

const cases: readonly {
  readonly name: string;
  readonly images: Readonly<Record<string, FactsRecipe>>;
  readonly own: readonly string[];
  readonly policy?: PolicyRecipe;
  readonly goes: readonly string[];
}[] = [
  {
    name: "goes at once, and takes no place of the most recent",
    images: { own: { lastUsedAt: day }, other: { lastUsedAt: day - 1 }, old: {} },
    own: ["own"],
    policy: { graceMs: 1, keepRecent: 1, quotaBytes: 10 },
    goes: ["old", "own"],
  },
  {
    name: "stays where it is in use",
    images: { own: { inUse: true } },
    own: ["own"],
    goes: [],
  },
  {
    name: "stays where a rule keeps it",
    images: { own: {} },
    own: ["own"],
    policy: { keep: ["own:1"] },
    goes: [],
  },
  {
    name: "stays below an image that stays",
    images: { own: {}, other: { parent: "own" } },
    own: ["own"],
    goes: [],
  },
  {
    name: "goes after what was built on it",
    images: { own: {}, child: { parent: "own", lastUsedAt: 1 } },
    own: ["own", "child"],
    goes: ["child", "own"],
  },
  {
    name: "stays where it has a name that --only does not match, and goes where it has none",
    images: { own: {}, step: { fields: { tags: [] } } },
    own: ["own", "step"],
    policy: { only: ["ci/a:*"] },
    goes: ["untagged"],
  },
  {
    name: "goes with a parent that is due for its age",
    images: { own: { parent: "base", idleMs: 9 }, base: { idleMs: 9 } },
    own: ["own"],
    policy: { maxAgeMs: 5 },
    goes: ["own", "base"],
  },
];

it.each(cases)("what a job has made $name", ({ images, own, policy: recipe, goes }) => {
  const all = Object.entries(images).map(([word, each]) => facts(word, each));
  const plan = makePlan(all, policy({ ...recipe, own: new Set(own.map(imageId)) }), day);
  expect(plan.removals.map(({ facts: { image } }) => (image.tags[0] ?? "untagged").split(":")[0])).toEqual(
    goes,
  );
  const reasons = plan.removals.filter(({ facts: { image } }) => own.map(imageId).includes(image.id));
  for (const { verdict } of reasons) expect(verdict.reason).toBe("since-mark");
});
