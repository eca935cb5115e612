import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageFacts } from "../../../../src/core/facts/image-facts.js";
import { noUsePast } from "../../../../src/core/plan/need-order.js";
import { findDueRemovals } from "../../../../src/core/plan/due-removals.js";
import { makePlan } from "../../../../src/core/plan/plan.js";
import { dueInMs, mayGo } from "../../../../src/core/plan/due.js";
import { forecastOf, type Forecast } from "../../../../src/core/plan/forecast.js";
import type { RemoveReason } from "../../../../src/core/policy/removal.js";
import { facts, imageId, policy, type PolicyRecipe } from "../../../support/values.js";

const now = 1_000_000;

function forecastIn(images: readonly ImageFacts[], recipe: PolicyRecipe, word = "app"): Forecast {
  const rules = policy(recipe);
  const plan = makePlan(images, rules, now);
  const planned = [...plan.removals, ...plan.keeps].find(
    ({ facts: { image } }) => image.id === imageId(word),
  );
  if (planned === undefined) throw new Error(`There is no image ${word}.`);
  const keeps = new Set(
    plan.keeps.filter(({ verdict }) => mayGo(verdict)).map((each) => each.facts.image.id),
  );
  const line = plan.order.filter((each) => keeps.has(each.facts.image.id));
  const dueRemovals = findDueRemovals({
    plan,
    policy: rules,
    now,
    filesystem: null,
    readPast: () => noUsePast,
  });
  return forecastOf(planned, dueRemovals, line, rules);
}

const [older, app] = [facts("older", { lastUsedAt: 1 }), facts("app", { lastUsedAt: 2, idleMs: 30 })];

function due(inMs: number, reason: RemoveReason = "age", withChild: string | null = null): Forecast {
  return { kind: "due", inMs, reason, withChild };
}

describe("what is ahead of an image", () => {
  it.each<[string, PolicyRecipe, Forecast]>([
    ["goes in the next run", { maxAgeMs: 30 }, { kind: "goes" }],
    ["waits for its turn", { maxAgeMs: 30, quotaBytes: 5, maxRemovals: 1 }, { kind: "deferred" }],
    ["is due for its age", { maxAgeMs: 100 }, due(70)],
    ["is due for its age at the end of the grace", { maxAgeMs: 30, graceMs: now + 10 }, due(12)],
    ["stands in line for space", { quotaBytes: 100 }, { kind: "in-line", place: 2, of: 2 }],
    ["has no limit", {}, { kind: "unlimited" }],
    ["is kept by a rule", { maxAgeMs: 30, keep: ["app:1"] }, { kind: "stays", reasons: ["keep-rule"] }],
    ["is recent", { maxAgeMs: 30, keepRecent: 1 }, { kind: "stays", reasons: ["recent"] }],
  ])("that %s", (_, recipe, expected) => {
    expect(forecastIn([older, app], recipe)).toEqual(expected);
  });

  it("is another attempt for one whose removal failed", () => {
    const failed = facts("app", { idleMs: 30, retryAt: now + 500 });
    expect(forecastIn([failed], { maxAgeMs: 30 })).toEqual(due(500));
  });
});

/** As if so much time had passed, all of it observed, in which nothing happened. */
function later(images: readonly ImageFacts[], ms: number): ImageFacts[] {
  return images.map((each) => ({
    ...each,
    idleMs: each.idleMs + ms,
    retryAt: each.retryAt !== null && each.retryAt > now + ms ? each.retryAt : null,
  }));
}

it("is due at the moment at which the plan takes it, and not before", () => {
  const time = fc.integer({ min: 0, max: 1000 });
  const recipe = fc.record({ maxAgeMs: fc.integer({ min: 1, max: 1000 }), graceMs: time });
  const image = fc.record({
    idleMs: time,
    lastUsedAt: fc.integer({ min: now - 1000, max: now }),
    retryAt: fc.option(fc.integer({ min: now + 1, max: now + 1000 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 5 }), recipe, (recipes, limits) => {
      const rules = policy(limits);
      const images = recipes.map(({ retryAt, ...rest }, index) =>
        facts(`image-${index}`, retryAt === undefined ? rest : { ...rest, retryAt }),
      );
      for (const ranked of makePlan(images, rules, now).order) {
        const inMs = dueInMs(ranked, rules, now) ?? NaN;
        const goesAfter = (ms: number) =>
          makePlan(later(images, ms), rules, now + ms).removals.some(
            ({ facts: { image: found } }) => found.id === ranked.facts.image.id,
          );
        expect(goesAfter(inMs)).toBe(true);
        if (inMs > 0) expect(goesAfter(inMs - 1)).toBe(false);
      }
    }),
  );
});
