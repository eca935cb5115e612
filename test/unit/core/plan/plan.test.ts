import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ImageFacts } from "../../../../src/core/facts/image-facts.js";
import { makePlan } from "../../../../src/core/plan/plan.js";
import {
  facts,
  layer,
  imageId,
  policy,
  type FactsRecipe,
  type PolicyRecipe,
} from "../../../support/values.js";

const hour = 3_600_000;
const day = 24 * hour;

interface Case {
  readonly name: string;
  readonly images: Readonly<Record<string, FactsRecipe>>;
  readonly policy: PolicyRecipe;
  readonly now?: number;
  /** In order. */
  readonly goes: readonly string[];
  /** Reasons of some images. */
  readonly reasons?: Readonly<Record<string, readonly string[]>>;
  readonly unmet?: boolean;
}

/** Images of these sizes, used one after the other in this order. */
function usedInOrder(...sizes: readonly number[]): Record<string, FactsRecipe> {
  return Object.fromEntries(sizes.map((size, index) => [`image${index}`, { size, lastUsedAt: index + 1 }]));
}

const cases: readonly Case[] = [
  {
    name: "keeps the most recently used that fit, also behind one that does not",
    images: usedInOrder(20, 30, 40, 10),
    policy: { quotaBytes: 45 },
    goes: ["image0", "image2"],
  },
  { name: "does nothing below the quota", images: usedInOrder(10, 10), policy: { quotaBytes: 21 }, goes: [] },
  { name: "does nothing at the quota", images: usedInOrder(10, 10), policy: { quotaBytes: 20 }, goes: [] },
  {
    name: "removes the least recently used at one byte over the quota",
    images: usedInOrder(10, 10),
    policy: { quotaBytes: 19 },
    goes: ["image0"],
  },
  {
    name: "removes in the order of last use",
    images: { first: { lastUsedAt: 3 }, second: { lastUsedAt: 1 }, third: { lastUsedAt: 2 } },
    policy: { quotaBytes: 10 },
    goes: ["second", "third"],
  },
  {
    name: "goes down to the target, but only when over the quota",
    images: usedInOrder(10, 10, 10),
    policy: { quotaBytes: 25, quotaTargetBytes: 10 },
    goes: ["image0", "image1"],
  },
  {
    name: "leaves the target alone while within the quota",
    images: usedInOrder(10, 10, 10),
    policy: { quotaBytes: 30, quotaTargetBytes: 10 },
    goes: [],
  },
  {
    name: "always keeps the most recently used one, and says that the quota cannot be met",
    images: usedInOrder(5, 5),
    policy: { quotaBytes: 1, keepRecent: 1 },
    goes: ["image0"],
    reasons: { image1: ["recent"] },
    unmet: true,
  },
  {
    name: "counts images in use against the quota, and never removes them",
    images: { used: { size: 30, lastUsedAt: 1, inUse: true }, other: { size: 10, lastUsedAt: 2 } },
    policy: { quotaBytes: 35 },
    goes: ["other"],
    reasons: { used: ["in-use"] },
  },
  {
    name: "says that the quota cannot be met when what is in use is larger, and removes the rest",
    images: { used: { size: 30, inUse: true }, other: { size: 10 } },
    policy: { quotaBytes: 20 },
    goes: ["other"],
    unmet: true,
  },
  {
    name: "ends when nothing may go",
    images: { used: { size: 30, inUse: true } },
    policy: { quotaBytes: 1 },
    goes: [],
    unmet: true,
  },
  {
    name: "removes an image that is idle for exactly the limit, and not one a millisecond younger",
    images: { due: { idleMs: day }, young: { idleMs: day - 1 } },
    policy: { maxAgeMs: day },
    goes: ["due"],
    reasons: { young: ["within-limits"] },
  },
  {
    name: "removes nothing when every limit is off",
    images: { old: { idleMs: 1000 * day, size: 10 ** 12 } },
    policy: {},
    goes: [],
  },
  {
    name: "keeps what is in use, however old",
    images: { used: { idleMs: 1000 * day, inUse: true } },
    policy: { maxAgeMs: day },
    goes: [],
  },
  {
    name: "sorts seven images of which two are in use, two young and three old",
    images: {
      usedA: { inUse: true, idleMs: day },
      usedB: { inUse: true, idleMs: 5 * day },
      usedC: { inUse: true, idleMs: 9 * day },
      young: { idleMs: day / 2 },
      oldA: { idleMs: 12 * day, lastUsedAt: 2 },
      oldB: { idleMs: 13 * day, lastUsedAt: 1 },
      oldC: { idleMs: 8 * day, lastUsedAt: 3 },
    },
    policy: { maxAgeMs: day },
    goes: ["oldB", "oldA", "oldC"],
  },
  {
    name: "keeps within the grace time whatever the limits say",
    images: { fresh: { idleMs: 9 * day, lastUsedAt: 0, size: 100 } },
    policy: { maxAgeMs: day, quotaBytes: 1, graceMs: hour },
    now: hour - 1,
    goes: [],
    reasons: { fresh: ["grace"] },
    unmet: true,
  },
  {
    name: "ends the grace time to the millisecond",
    images: { fresh: { idleMs: 9 * day } },
    policy: { maxAgeMs: day, graceMs: hour },
    now: hour,
    goes: ["fresh"],
  },
  {
    name: "counts the grace time from the first sight, too",
    images: { fresh: { idleMs: 9 * day, lastUsedAt: 0, firstSeenAt: 5 * hour } },
    policy: { maxAgeMs: day, graceMs: hour },
    now: 5 * hour + 1,
    goes: [],
  },
  {
    name: "takes a last use in the future for grace",
    images: { odd: { idleMs: 9 * day, lastUsedAt: 10 * day } },
    policy: { maxAgeMs: day, graceMs: 1 },
    now: day,
    goes: [],
  },
  {
    name: "keeps by any one of several names",
    images: { app: { idleMs: 9 * day, fields: { tags: ["app:1", "team/app:stable"] } } },
    policy: { maxAgeMs: day, keep: ["team/*:stable"] },
    goes: [],
    reasons: { app: ["keep-rule"] },
  },
  {
    name: "leaves alone what is out of scope, and counts it",
    images: { mine: { size: 10, lastUsedAt: 2 }, theirs: { size: 10, lastUsedAt: 1 } },
    policy: { quotaBytes: 15, only: ["mine:1"] },
    goes: ["mine"],
    reasons: { theirs: ["out-of-scope"] },
  },
  {
    name: "takes children before their parents, also when the parent was used longer ago",
    images: {
      base: { lastUsedAt: 1, idleMs: 9 * day },
      child: { parent: "base", lastUsedAt: 5, idleMs: 9 * day },
      grandchild: { parent: "child", lastUsedAt: 3, idleMs: 9 * day },
    },
    policy: { maxAgeMs: day },
    goes: ["grandchild", "child", "base"],
  },
  {
    name: "keeps all ancestors of what is kept",
    images: {
      base: { idleMs: 9 * day },
      middle: { parent: "base", idleMs: 9 * day },
      leaf: { parent: "middle", idleMs: 9 * day, inUse: true },
      sibling: { parent: "base", idleMs: 9 * day },
    },
    policy: { maxAgeMs: day },
    goes: ["sibling"],
    reasons: { base: ["parent-of-kept"], middle: ["parent-of-kept"], leaf: ["in-use"] },
  },
  {
    name: "takes a parent for as recently used as its child",
    images: {
      base: { idleMs: 9 * day },
      child: { parent: "base", idleMs: 0 },
    },
    policy: { maxAgeMs: day },
    goes: [],
  },
  {
    name: "counts a child for the most recent one, not the parents that it stands on",
    images: {
      base: { lastUsedAt: 9 },
      child: { parent: "base", lastUsedAt: 9 },
      other: { lastUsedAt: 5 },
      oldest: { lastUsedAt: 1 },
    },
    policy: { quotaBytes: 1, keepRecent: 2 },
    goes: ["oldest"],
    reasons: { child: ["recent"], base: ["parent-of-kept"], other: ["recent"] },
    unmet: true,
  },
  {
    name: "breaks ties by depth, first sight, creation date and ID, in this order",
    images: {
      seenLater: { firstSeenAt: 2 },
      built2020: { firstSeenAt: 1, fields: { createdAt: 2020 } },
      built2010: { firstSeenAt: 1, fields: { createdAt: 2010 } },
      leaf: { firstSeenAt: 3, parent: "built2020" },
    },
    policy: { maxAgeMs: 0 },
    goes: ["leaf", "built2010", "built2020", "seenLater"],
  },
  {
    name: "lets the age limit work first, and the quota on what is left",
    images: {
      old: { size: 10, lastUsedAt: 1, idleMs: 9 * day },
      recent: { size: 10, lastUsedAt: 2 },
      newest: { size: 10, lastUsedAt: 3 },
    },
    policy: { maxAgeMs: day, quotaBytes: 20 },
    goes: ["old"],
    reasons: { old: ["age"] },
  },
  {
    name: "defers what is beyond the number of removals, least recently used first",
    images: usedInOrder(10, 10, 10),
    policy: { quotaBytes: 1, maxRemovals: 2 },
    goes: ["image0", "image1"],
    reasons: { image2: ["max-removals"] },
  },
];

function planOf({ images, policy: recipe, now = 10 * day }: Case) {
  const all = Object.entries(images).map(([word, image]) => facts(word, image));
  const words = new Map(Object.keys(images).map((word) => [imageId(word), word]));
  return { plan: makePlan(all, policy(recipe), now), words };
}

/** What becomes of images whose removal failed and is tried again later. */
const waiting: readonly Case[] = [
  {
    name: "leaves an image alone whose removal failed, and lets the others go",
    images: { broken: { idleMs: 9 * day, retryAt: 11 * day }, other: { idleMs: 9 * day } },
    policy: { maxAgeMs: day },
    goes: ["other"],
    reasons: { broken: ["failed-before"] },
  },
  {
    name: "counts its bytes, and takes it for one that stays",
    images: {
      broken: { size: 30, lastUsedAt: 1, retryAt: 11 * day },
      older: { size: 10, lastUsedAt: 2 },
      newer: { size: 10, lastUsedAt: 3 },
    },
    policy: { quotaBytes: 40 },
    goes: ["older"],
    reasons: { broken: ["failed-before"], newer: ["within-limits"] },
  },
  {
    name: "says that it holds the bytes of a quota that cannot be met",
    images: { broken: { size: 30, retryAt: 11 * day } },
    policy: { quotaBytes: 20 },
    goes: [],
    unmet: true,
  },
  {
    name: "keeps the parents of one that waits",
    images: {
      base: { idleMs: 9 * day },
      child: { parent: "base", idleMs: 9 * day, retryAt: 11 * day },
      sibling: { parent: "base", idleMs: 9 * day },
    },
    policy: { maxAgeMs: day },
    goes: ["sibling"],
    reasons: { base: ["parent-of-kept"], child: ["failed-before"] },
  },
  {
    name: "names rules first",
    images: {
      used: { inUse: true, retryAt: 11 * day },
      base: { retryAt: 11 * day, fields: { tags: ["kept:1"] } },
      child: { parent: "base", inUse: true },
    },
    policy: { maxAgeMs: 0, keep: ["kept:1"] },
    goes: [],
    reasons: {
      used: ["in-use", "failed-before"],
      base: ["parent-of-kept", "keep-rule", "failed-before"],
    },
  },
  {
    name: "lets one that waits take no place of --max-removals",
    images: {
      broken: { lastUsedAt: 1, idleMs: 9 * day, retryAt: 11 * day },
      other: { lastUsedAt: 2, idleMs: 9 * day },
      another: { lastUsedAt: 3, idleMs: 9 * day },
    },
    policy: { maxAgeMs: day, maxRemovals: 1 },
    goes: ["other"],
    reasons: { broken: ["failed-before"], another: ["max-removals"] },
  },
];

describe("the plan", () => {
  it.each([...cases, ...waiting])("$name", (row) => {
    const { plan, words } = planOf(row);
    expect(plan.removals.map(({ facts: { image } }) => words.get(image.id))).toEqual(row.goes);
    for (const [word, reasons] of Object.entries(row.reasons ?? {})) {
      const planned = [...plan.removals, ...plan.keeps].find(
        ({ facts: { image } }) => image.id === imageId(word),
      );
      const verdict = planned?.verdict;
      expect(verdict?.kind === "remove" ? [verdict.reason] : verdict?.reasons, word).toEqual(reasons);
    }
    expect(plan.unmetLimits.length > 0).toBe(row.unmet ?? false);
  });

  it("counts a shared layer once, and frees it with the last image that holds it", () => {
    const shared = layer("shared", 100);
    const images = ["one", "two", "three"].map((word, index) => ({
      ...facts(word, { lastUsedAt: index }),
      topLayer: layer(word, 5, shared),
    }));
    const quota = makePlan(images, policy({ quotaBytes: 110 }), day);
    expect(quota.beforeBytes).toBe(115);
    expect(quota.freedBytes).toBe(5);
    const all = makePlan(images, policy({ maxAgeMs: 0 }), day);
    expect(all.removals.map(({ freedBytes }) => freedBytes)).toEqual([5, 5, 105]);
  });

  it("says who holds the bytes of a limit that cannot be met, each byte once", () => {
    const images = [
      facts("used", { size: 30, inUse: true }),
      facts("kept", { size: 50 }),
      facts("fresh", { size: 7, lastUsedAt: day }),
    ];
    const { unmetLimits } = makePlan(images, policy({ quotaBytes: 1, keep: ["kept:1"], graceMs: hour }), day);
    expect(unmetLimits).toEqual([
      {
        limit: "quota",
        limitBytes: 1,
        remainingBytes: 87,
        holders: [
          { reason: "keep-rule", bytes: 50 },
          { reason: "in-use", bytes: 30 },
          { reason: "grace", bytes: 7 },
        ],
        inTheWay: [],
      },
    ]);
  });
});

/** Images with parents, shared layers, ties and all states. */
const worlds: fc.Arbitrary<readonly ImageFacts[]> = fc
  .array(
    fc.record({
      size: fc.integer({ min: 0, max: 50 }),
      parent: fc.option(fc.nat(20), { nil: undefined }),
      lastUsedAt: fc.integer({ min: 0, max: 5 }),
      idleMs: fc.integer({ min: 0, max: 5 }),
      inUse: fc.boolean(),
      firstSeenAt: fc.integer({ min: 0, max: 3 }),
      retryAt: fc.option(fc.constant(9), { nil: undefined, freq: 8 }),
      inRegistry: fc.boolean(),
      isUntagged: fc.boolean(),
      label: fc.option(fc.constantFrom("", "true", "false"), { nil: undefined, freq: 6 }),
      repository: fc.constantFrom("app", "team/web", "db"),
    }),
    { maxLength: 16 },
  )
  .map((recipes) =>
    recipes.map(({ parent, retryAt, label, repository, ...recipe }, index) =>
      facts(`image${index}`, {
        ...recipe,
        fields: {
          tags: recipe.isUntagged ? [] : [`image${index}:1`, `${repository}:${index}`],
          labels: label === undefined ? {} : { "docker-gc.keep": label },
        },
        ...(retryAt === undefined ? {} : { retryAt }),
        // A parent comes earlier in the list, so there are no cycles.
        ...(parent === undefined || parent >= index ? {} : { parent: `image${parent}` }),
      }),
    ),
  );

const policies = fc
  .record({
    maxAgeMs: fc.option(fc.integer({ min: 0, max: 6 })),
    quotaBytes: fc.option(fc.integer({ min: 1, max: 300 })),
    graceMs: fc.integer({ min: 0, max: 4 }),
    keepRecent: fc.integer({ min: 0, max: 3 }),
    maxRemovals: fc.option(fc.integer({ min: 1, max: 5 })),
    untaggedAgeMs: fc.option(fc.integer({ min: 0, max: 6 })),
    keepNewest: fc.integer({ min: 0, max: 2 }),
    keepLabel: fc.constantFrom("heeded" as const, "ignored" as const),
    keepLocal: fc.constantFrom("all" as const, "none" as const),
    keepUnpullable: fc.constantFrom("all" as const, "none" as const),
  })
  .map((recipe) => policy({ ...recipe, keep: ["image3:1"] }));

describe("every plan", () => {
  it("gives each image one verdict, and is the same whatever the order of the images", () => {
    fc.assert(
      fc.property(worlds, policies, fc.integer(), (images, rules, seed) => {
        const plan = makePlan(images, rules, 6);
        const all = [...plan.removals, ...plan.keeps].map(({ facts: { image } }) => image.id);
        expect(new Set(all).size).toBe(images.length);
        expect(all.length).toBe(images.length);
        const shuffled = [...images].sort((first, second) =>
          imageId(`${seed}${first.image.id}`) < imageId(`${seed}${second.image.id}`) ? -1 : 1,
        );
        expect(makePlan(shuffled, rules, 6)).toEqual(plan);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps what is in use or kept by rule, and never takes a parent before or without its children", () => {
    fc.assert(
      fc.property(worlds, policies, (images, rules) => {
        const plan = makePlan(images, rules, 6);
        const gone = new Set<string>();
        for (const { facts: planned } of plan.removals) {
          expect(planned.inUseBy).toEqual([]);
          expect(planned.retryAt).toBeNull();
          expect(planned.image.tags).not.toContain("image3:1");
          gone.add(planned.image.id);
          const children = images.filter(({ image }) => image.parentId === planned.image.id);
          expect(children.every(({ image }) => gone.has(image.id))).toBe(true);
        }
        for (const { verdict } of plan.keeps) expect(verdict.reasons.length).toBeGreaterThan(0);
        const freed = plan.removals.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
        expect(freed).toBe(plan.freedBytes);
      }),
      { numRuns: 1000 },
    );
  });

  it("meets the quota unless it says that it cannot", () => {
    fc.assert(
      fc.property(worlds, policies, (images, rules) => {
        const plan = makePlan(images, rules, 6);
        const left = plan.beforeBytes - plan.freedBytes;
        const deferred = plan.keeps.some(({ verdict }) => verdict.reasons.includes("max-removals"));
        if (rules.quotaBytes === null) expect(plan.unmetLimits).toEqual([]);
        else if (!deferred) expect(plan.unmetLimits.length > 0).toBe(left > rules.quotaBytes);
      }),
      { numRuns: 1000 },
    );
  });
});
