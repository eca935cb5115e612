import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idleForMs } from "../../../../src/core/plan/idle-for.js";
import { makePlan } from "../../../../src/core/plan/plan.js";
import type { WarnedRules } from "../../../../src/core/policy/warned-rules.js";
import { facts, policy, type FactsRecipe, type PolicyRecipe } from "../../../support/values.js";

const hour = 3_600_000;
const day = 24 * hour;
const start = 1000 * day;

type Images = Readonly<Record<string, FactsRecipe>>;

/** As they are once so much time has passed, all of it observed, in which nobody used any but those in use. */
function sceneAfter(images: Images, limits: PolicyRecipe, passedMs: number) {
  const later = Object.entries(images).map(([word, recipe]) =>
    facts(word, recipe.inUse === true ? recipe : { ...recipe, idleMs: (recipe.idleMs ?? 0) + passedMs }),
  );
  const rules = policy(limits);
  const now = start + passedMs;
  return { plan: makePlan(later, rules, now), policy: rules, now };
}

function idleFor(images: Images, limits: PolicyRecipe, warned: WarnedRules = new Map()): number {
  const { plan, ...scene } = sceneAfter(images, limits, 0);
  return idleForMs(plan, { ...scene, warned });
}

const old = { lastUsedAt: start - 2 * day, idleMs: 2 * day };

describe("how long a plan that does nothing stays one", () => {
  it.each<[string, Images, PolicyRecipe, number]>([
    ["until the first image is due", { a: old, b: { ...old, idleMs: day } }, { maxAgeMs: 3 * day }, day],
    ["for ever without a limit", { a: old }, { graceMs: 0 }, Infinity],
    ["for ever where all are kept", { a: old }, { maxAgeMs: 3 * day, keep: ["a:1"] }, Infinity],
    ["for ever where all are in use", { a: { ...old, inUse: true } }, { maxAgeMs: day }, Infinity],
    [
      "until a grace time ends, whatever it may let go then",
      { a: { lastUsedAt: start - hour } },
      { quotaBytes: 100, graceMs: 3 * hour },
      2 * hour,
    ],
    ["not at all where images go", { a: old }, { maxAgeMs: day }, 0],
    ["not at all where a limit is not met", { a: { ...old, inUse: true } }, { quotaBytes: 1 }, 0],
    ["not at all where bytes are to come free", { a: old }, { toFreeBytes: 1, keep: ["a:1"] }, 0],
  ])("%s", (_, images, limits, expected) => {
    expect(idleFor(images, limits)).toBe(expected);
  });

  it("is no longer than until a rule that matches nothing is worth another word", () => {
    const warned = new Map([["--keep nothing", start - 89 * day]]);
    expect(idleFor({ a: old }, {}, warned)).toBe(day);
  });

  it("is never too long: whatever the limits, no plan of that time does anything", () => {
    const recipe = fc.record({
      lastUsedAt: fc.integer({ min: start - 5 * day, max: start }),
      idleMs: fc.integer({ min: 0, max: 5 * day }),
      inUse: fc.boolean(),
      isUntagged: fc.boolean(),
      size: fc.integer({ min: 1, max: 50 }),
      parent: fc.constantFrom("a", "b", "c"),
    });
    const images = fc.dictionary(fc.constantFrom("a", "b", "c", "d", "e"), recipe, { minKeys: 1 });
    const limits = fc.record({
      maxAgeMs: fc.constantFrom(null, day, 6 * day),
      untaggedAgeMs: fc.constantFrom(null, hour, 6 * day),
      maxVersions: fc.constantFrom(null, 1),
      quotaBytes: fc.constantFrom(null, 40, 200),
      graceMs: fc.constantFrom(0, hour, 2 * day),
      keepRecent: fc.constantFrom(0, 1),
      keep: fc.constantFrom<readonly string[]>([], ["b:1"]),
      maxRemovals: fc.constantFrom(null, 1),
    });
    fc.assert(
      fc.property(images, limits, fc.double({ min: 0, max: 1, noNaN: true }), (some, policyOf, part) => {
        const forMs = Math.min(idleFor(some, policyOf), 30 * day);
        fc.pre(forMs > 0);
        for (const passedMs of [Math.floor(part * (forMs - 1)), forMs - 1])
          expect(sceneAfter(some, policyOf, passedMs).plan).toMatchObject({ removals: [], unmetLimits: [] });
      }),
      { numRuns: 300 },
    );
  });
});
