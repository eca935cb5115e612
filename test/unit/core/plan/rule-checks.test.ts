import { noUsePast } from "../../../../src/core/plan/need-order.js";
import { describe, expect, it } from "vitest";
import type { ImageFacts } from "../../../../src/core/facts/image-facts.js";
import { makePlan } from "../../../../src/core/plan/plan.js";
import { checkRules, type RuleCheck } from "../../../../src/core/plan/rule-checks.js";
import { facts, imageId, policy, type PolicyRecipe } from "../../../support/values.js";

const now = 1_000;
const full = { totalBytes: 1000, freeBytes: 10, totalInodes: 1000, freeInodes: 10 };

function checksIn(images: readonly ImageFacts[], recipe: PolicyRecipe, word = "app"): RuleCheck[] {
  const rules = policy(recipe);
  const plan = makePlan(images, rules, now, full);
  const planned = [...plan.removals, ...plan.keeps].find(
    ({ facts: { image } }) => image.id === imageId(word),
  );
  const ranked = plan.order.find((each) => each.facts.image.id === imageId(word));
  if (planned === undefined || ranked === undefined) throw new Error(`There is no image ${word}.`);
  return checkRules(planned, ranked, {
    plan,
    policy: rules,
    now,
    filesystem: full,
    readPast: () => noUsePast,
  });
}

function checkOf(rule: RuleCheck["rule"], images: readonly ImageFacts[], recipe: PolicyRecipe): unknown {
  return checksIn(images, recipe).find((check) => check.rule === rule);
}

const other = facts("other", { lastUsedAt: 500 });
const app = facts("app", { lastUsedAt: 400, idleMs: 30 });

describe("a rule that keeps", () => {
  it.each<[string, RuleCheck["rule"], readonly ImageFacts[], PolicyRecipe, Partial<RuleCheck>]>([
    [
      "names the containers",
      "in-use",
      [facts("app", { inUse: true })],
      {},
      { result: "keeps", by: ["container:app"] },
    ],
    ["says that nobody uses it", "in-use", [app], {}, { result: "no", by: [] }],
    [
      "names what was built on it",
      "parent-of-kept",
      [app, facts("child", { parent: "app", inUse: true })],
      {},
      { result: "keeps", by: ["child:1"] },
    ],
    [
      "leaves out what was built on it and may go",
      "parent-of-kept",
      [app, facts("child", { parent: "app" })],
      {},
      { result: "no", by: [] },
    ],
    ["names the patterns", "keep-rule", [app], { keep: ["app:*", "x"] }, { result: "keeps", by: ["app:*"] }],
    ["is off without patterns", "keep-rule", [app], {}, { result: "off" }],
    [
      "counts the place by last use",
      "recent",
      [app, other],
      { keepRecent: 1 },
      { result: "no", value: 2, limit: 1 },
    ],
    ["keeps the first place", "recent", [app], { keepRecent: 1 }, { result: "keeps", value: 1 }],
    ["measures the grace", "grace", [app], { graceMs: 601 }, { result: "keeps", value: 600, limit: 601 }],
    ["has the grace end", "grace", [app], { graceMs: 600 }, { result: "no", value: 600, limit: 600 }],
    ["names the scope", "out-of-scope", [app], { only: ["app:*"] }, { result: "no", by: ["app:*"] }],
    ["keeps what is out of scope", "out-of-scope", [app], { only: ["x"] }, { result: "keeps", by: [] }],
    [
      "waits after a failure",
      "failed-before",
      [facts("app", { retryAt: now + 5 })],
      {},
      { result: "keeps", value: 5 },
    ],
  ])("%s", (_, rule, images, recipe, expected) => {
    expect(checkOf(rule, images, recipe)).toMatchObject(expected);
  });
});

describe("a limit", () => {
  it.each<[string, RuleCheck["rule"], PolicyRecipe, Partial<RuleCheck>]>([
    ["takes it for its age", "age", { maxAgeMs: 30 }, { result: "removes", value: 30, limit: 30 }],
    ["leaves it its age", "age", { maxAgeMs: 31 }, { result: "no", value: 30, limit: 31 }],
    ["is off", "age", {}, { result: "off", limit: null }],
    ["takes it for the quota", "quota", { quotaBytes: 15 }, { result: "removes", value: 20, limit: 15 }],
    ["is not asked when age took it", "quota", { maxAgeMs: 30, quotaBytes: 15 }, { result: "unasked" }],
    [
      "is not asked when a rule keeps it",
      "age",
      { maxAgeMs: 30, keep: ["app:1"] },
      { result: "unasked", value: 30 },
    ],
    [
      "takes it for free space",
      "min-free",
      { minFreeBytes: 11 },
      { result: "removes", value: 10, limit: 11 },
    ],
    [
      "takes it for inodes",
      "min-free-inodes",
      { minFreeInodes: 11 },
      { result: "removes", value: 10, limit: 11 },
    ],
  ])("%s", (_, rule, recipe, expected) => {
    expect(checkOf(rule, [app, other], recipe)).toMatchObject(expected);
  });

  it("is told also where the removal has to wait for another run", () => {
    const images = [app, facts("older", { lastUsedAt: 1, idleMs: 99 })];
    const recipe = { maxAgeMs: 30, maxRemovals: 1 };
    expect(checkOf("age", images, recipe)).toMatchObject({ result: "removes" });
    expect(checkOf("max-removals", images, recipe)).toMatchObject({ result: "keeps", value: 1, limit: 1 });
  });
});

it("asks every rule once, those that keep first, and says nothing of a cap that is not set", () => {
  expect(checksIn([app], {}).map(({ rule }) => rule)).toEqual([
    "in-use",
    "parent-of-kept",
    "keep-rule",
    "label",
    "newest",
    "local",
    "recent",
    "grace",
    "out-of-scope",
    "failed-before",
    "age",
    "versions",
    "quota",
    "free",
    "min-free",
    "min-free-inodes",
  ]);
});
