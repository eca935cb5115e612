import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageFacts } from "../../../../src/core/facts/image-facts.js";
import type { Image } from "../../../../src/core/image/image.js";
import { asksToBeKept } from "../../../../src/core/rules/keep/label.js";
import { makePlan } from "../../../../src/core/plan/plan.js";
import { facts, policy, type PolicyRecipe } from "../../../support/values.js";

const anyImages: fc.Arbitrary<readonly ImageFacts[]> = fc
  .array(
    fc.record({
      tags: fc.array(fc.constantFrom("a:1", "a:2", "b:1", "c/d:1"), { maxLength: 2 }),
      labelled: fc.boolean(),
      lastUsedAt: fc.nat(5),
      idleMs: fc.nat(5),
      inUse: fc.boolean(),
      inRegistry: fc.boolean(),
      isUntagged: fc.boolean(),
      parent: fc.option(fc.nat(9), { nil: undefined }),
    }),
    { maxLength: 10 },
  )
  .map((recipes) =>
    recipes.map(({ tags, labelled, parent, ...recipe }, index) => {
      const labels: Image["labels"] = labelled ? { "docker-gc.keep": "" } : {};
      const hasParent = parent !== undefined && parent < index;
      return facts(`image${index}`, {
        ...recipe,
        fields: { tags, labels },
        ...(hasParent ? { parent: `image${parent}` } : {}),
      });
    }),
  );

describe("no rule for what stays", () => {
  const limits = fc.record({ maxAgeMs: fc.nat(5), untaggedAgeMs: fc.nat(5), graceMs: fc.nat(3) });

  function goesByAge(images: readonly ImageFacts[], rules: PolicyRecipe): Set<string> {
    return new Set(
      makePlan(images, policy(rules), 5).removals.map(
        ({
          facts: {
            image: { id },
          },
        }) => id,
      ),
    );
  }

  function expectNoMore(images: readonly ImageFacts[], looser: PolicyRecipe, stricter: PolicyRecipe): void {
    const before = goesByAge(images, looser);
    for (const id of goesByAge(images, stricter)) expect(before).toContain(id);
  }

  it("makes anything more go for its age", () => {
    fc.assert(
      fc.property(anyImages, limits, fc.nat(3), (images, rules, count) => {
        expectNoMore(images, { ...rules, keepNewest: count }, { ...rules, keepNewest: count + 1 });
        expectNoMore(images, rules, { ...rules, keepLocal: "all" });
        expectNoMore(images, rules, { ...rules, untaggedAgeMs: rules.untaggedAgeMs + 1 });
        expectNoMore(images, rules, { ...rules, untaggedAgeMs: null });
      }),
      { numRuns: 500 },
    );
  });

  it("lets a limit of any kind have what it keeps", () => {
    fc.assert(
      fc.property(anyImages, fc.integer({ min: 1, max: 100 }), (images, quotaBytes) => {
        const rules = { quotaBytes, maxAgeMs: 0, keepNewest: 1, keepLocal: "all" as const };
        const { removals } = makePlan(images, policy(rules), 5);
        for (const { facts: gone } of removals) {
          expect(gone.inRegistry && !asksToBeKept(gone.image)).toBe(true);
        }
        const gone = new Set(
          removals.map(
            ({
              facts: {
                image: { id },
              },
            }) => id,
          ),
        );
        const repositories = new Set(
          images.flatMap(({ image: { tags } }) => tags.map((tag) => tag.split(":")[0])),
        );
        for (const repository of repositories) {
          const its = images.filter(({ image: { tags } }) =>
            tags.some((tag) => tag.startsWith(`${repository}:`)),
          );
          expect(its.some(({ image: { id } }) => !gone.has(id))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
