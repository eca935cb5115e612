import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageFacts } from "../../../../src/core/facts/image-facts.js";
import type { Image } from "../../../../src/core/image/image.js";
import { asksToBeKept } from "../../../../src/core/rules/keep/label.js";
import { mostCharacters } from "../../../../src/core/text/known-text.js";
import { makePlan } from "../../../../src/core/plan/plan.js";
import { facts, image, policy, type FactsRecipe, type PolicyRecipe } from "../../../support/values.js";

const hour = 3_600_000;
const day = 24 * hour;
const now = 1000 * day;

/** Names of what goes and of what stays with its first reason. */
function planOf(images: Readonly<Record<string, FactsRecipe>>, rules: PolicyRecipe): Record<string, string> {
  const all = Object.entries(images).map(([word, recipe]) => facts(word, recipe));
  const words = new Map(all.map(({ image: { id } }, index) => [id, Object.keys(images)[index] ?? ""]));
  const plan = makePlan(all, policy(rules), now);
  return Object.fromEntries<string>(
    [...plan.removals, ...plan.keeps].map(({ facts: { image: planned }, verdict }) => [
      words.get(planned.id) ?? "",
      verdict.kind === "remove" ? `goes: ${verdict.reason}` : verdict.reasons.join(),
    ]),
  );
}

function tagged(...tags: readonly string[]): Pick<FactsRecipe, "fields"> {
  return { fields: { tags } };
}

describe("--keep-newest", () => {
  const old = { idleMs: 30 * day };
  const versions = {
    v1: { ...old, ...tagged("shop/web:1"), lastUsedAt: 1 },
    v2: { ...old, ...tagged("shop/web:2"), lastUsedAt: 2 },
    v3: { ...old, ...tagged("shop/web:3", "shop/web:latest"), lastUsedAt: 3 },
    other: { ...old, ...tagged("shop/api:1"), lastUsedAt: 0 },
  };

  it("keeps the version to go back to, in every repository", () => {
    expect(planOf(versions, { maxAgeMs: day, keepNewest: 2 })).toEqual({
      v1: "goes: age",
      v2: "newest",
      v3: "newest",
      other: "newest",
    });
  });

  it("goes by last use, not by what a tag looks like", () => {
    const rolledBack = { ...versions, v1: { ...versions.v1, lastUsedAt: 9 } };
    expect(planOf(rolledBack, { maxAgeMs: day, keepNewest: 1 })).toMatchObject({
      v1: "newest",
      v2: "goes: age",
      v3: "goes: age",
    });
  });

  it("gives a place to what is in use, too", () => {
    const used = { ...versions, v3: { ...versions.v3, inUse: true } };
    expect(planOf(used, { maxAgeMs: day, keepNewest: 1 })).toMatchObject({
      v2: "goes: age",
      v3: "in-use,newest",
    });
  });

  it("keeps an image that is among the newest of any of its repositories", () => {
    const images = {
      shared: { ...old, ...tagged("shop/web:0", "ci/cache:7"), lastUsedAt: 0 },
      web: { ...old, ...tagged("shop/web:1"), lastUsedAt: 5 },
    };
    expect(planOf(images, { maxAgeMs: day, keepNewest: 1 })).toEqual({ shared: "newest", web: "newest" });
  });

  it("tells docker.io/library/redis from another registry's redis, and not from redis", () => {
    const images = {
      short: { ...old, ...tagged("redis:1"), lastUsedAt: 1 },
      full: { ...old, ...tagged("docker.io/library/redis:2"), lastUsedAt: 2 },
      other: { ...old, ...tagged("ci.example/redis:1"), lastUsedAt: 0 },
    };
    expect(planOf(images, { maxAgeMs: day, keepNewest: 1 })).toEqual({
      short: "goes: age",
      full: "newest",
      other: "newest",
    });
  });

  it("says nothing of images without a tag", () => {
    const images = {
      untagged: { ...old, isUntagged: true, fields: { tags: [], digests: ["shop/web@sha256:00"] } },
    };
    expect(planOf(images, { maxAgeMs: day, keepNewest: 5 })).toEqual({ untagged: "goes: age" });
  });
});

describe("--keep-local", () => {
  it("keeps what no registry is known to have, and leaves the rest to the limits", () => {
    const images = {
      built: { idleMs: 30 * day, inRegistry: false },
      pulled: { idleMs: 30 * day, inRegistry: true },
    };
    expect(planOf(images, { maxAgeMs: day, keepLocal: "all" })).toEqual({
      built: "local",
      pulled: "goes: age",
    });
    expect(planOf(images, { maxAgeMs: day })).toEqual({ built: "goes: age", pulled: "goes: age" });
  });
});

describe("--keep-unpullable", () => {
  const images = {
    lost: { idleMs: 30 * day, unpullable: { askedAgainAt: now + hour, detail: "Gone." } },
    other: { idleMs: 30 * day },
  };

  it("keeps what no registry had, and only where it is set", () => {
    expect(planOf(images, { maxAgeMs: day, keepUnpullable: "all" })).toEqual({
      lost: "unpullable",
      other: "goes: age",
    });
    expect(planOf(images, { maxAgeMs: day })).toEqual({ lost: "goes: age", other: "goes: age" });
  });

  it("has others go for the space that it holds", () => {
    const rules = { quotaBytes: 10, keepUnpullable: "all" } as const;
    expect(planOf(images, rules)).toEqual({ lost: "unpullable", other: "goes: quota" });
  });
});

describe("--untagged-age", () => {
  const images = {
    untagged: { idleMs: 2 * day, isUntagged: true },
    named: { idleMs: 2 * day },
  };

  it("is shorter than the age limit, longer, off, or the only one", () => {
    const outcome = (maxAgeMs: number | null, untaggedAgeMs: number | null) =>
      planOf(images, { maxAgeMs, untaggedAgeMs });
    expect(outcome(7 * day, day)).toEqual({ untagged: "goes: untagged-age", named: "within-limits" });
    expect(outcome(day, 7 * day)).toEqual({ untagged: "within-limits", named: "goes: age" });
    expect(outcome(day, null)).toEqual({ untagged: "within-limits", named: "goes: age" });
    expect(outcome(null, day)).toEqual({ untagged: "goes: untagged-age", named: "within-limits" });
    expect(outcome(day, day)).toEqual({ untagged: "goes: age", named: "goes: age" });
  });

  it("leaves an untagged parent with a child that stays, and takes it with one that goes", () => {
    const family = (childIdleMs: number) => ({
      parent: { idleMs: 9 * day, isUntagged: true },
      child: { idleMs: childIdleMs, parent: "parent" },
    });
    const rules = { maxAgeMs: 7 * day, untaggedAgeMs: day };
    expect(planOf(family(2 * day), rules)).toEqual({ parent: "within-limits", child: "within-limits" });
    expect(planOf(family(8 * day), rules)).toEqual({ parent: "goes: untagged-age", child: "goes: age" });
  });

  it("takes nothing within the grace time", () => {
    const fresh = { untagged: { idleMs: 2 * day, isUntagged: true, firstSeenAt: now - hour / 2 } };
    expect(planOf(fresh, { untaggedAgeMs: day, graceMs: hour })).toEqual({ untagged: "grace" });
  });
});

describe("the label docker-gc.keep", () => {
  it("keeps an image without any configuration", () => {
    const images = { kept: { idleMs: 30 * day, fields: { labels: { "docker-gc.keep": "true" } } } };
    expect(planOf(images, { maxAgeMs: day, quotaBytes: 1 })).toEqual({ kept: "label" });
  });

  it.each([
    ["true", true],
    ["1", true],
    ["", true],
    ["until spring", true],
    ["false", false],
    [" False ", false],
    ["0", false],
    ["no", false],
    ["OFF", false],
  ])("with the value %j asks to be kept: %j", (value, asks) => {
    expect(asksToBeKept(image("app", { labels: { "docker-gc.keep": value } }))).toBe(asks);
  });

  it("is no label that an object has by nature", () => {
    expect(asksToBeKept(image("app"))).toBe(false);
    expect(asksToBeKept(image("app", { labels: { "docker-gc.keepsake": "true" } }))).toBe(false);
  });

  it("can be ignored", () => {
    const images = [facts("app", { idleMs: 5, fields: { labels: { "docker-gc.keep": "" } } })];
    const rules = { maxAgeMs: 5 };
    expect(makePlan(images, policy(rules), 5).removals).toEqual([]);
    expect(makePlan(images, policy({ ...rules, keepLabel: "ignored" }), 5).removals).toHaveLength(1);
  });
});

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
