import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  believedRhythmOf,
  expectedMs,
  ownWaitMs,
  rhythmOf,
  sizeWeight,
} from "../../../../src/core/returns/next-use.js";
import { makePlan } from "../../../../src/core/plan/plan.js";
import { removalOrder, type RankedImage } from "../../../../src/core/facts/order.js";
import { expectedUses, needOrder, type UsePast } from "../../../../src/core/plan/need-order.js";
import { ReturnGroups, type ReturnGroup, type TagState } from "../../../../src/core/returns/return-group.js";
import {
  emptyReturnHistory,
  withEnded,
  withEndedIdle,
  type IdleTime,
  type ReturnHistory,
} from "../../../../src/core/returns/return-history.js";
import { ReturnRates } from "../../../../src/core/returns/return-rates.js";
import { facts, imageId, policy, type FactsRecipe } from "../../../support/values.js";

const hour = 3_600_000;
const day = 24 * hour;
const now = 400 * day;

function ended(repository: string, hours: readonly number[], tagState: TagState = "tagged"): IdleTime[] {
  return hours.map((each) => ({ group: { repository, tagState }, idleMs: each * hour }));
}

function pastOf(times: readonly IdleTime[], fields: Partial<UsePast> = {}): UsePast {
  const history = withEnded(emptyReturnHistory, times, now);
  return { history, idleTimes: new Map(), removed: [], observedMs: now, ...fields };
}

/** These images have come back every day. */
function daily(...words: readonly string[]): Pick<UsePast, "idleTimes"> {
  return { idleTimes: new Map(words.map((word) => [imageId(word), [day, day, day]])) };
}

const shop = { repository: "docker.io/shop/web", tagState: "tagged" } as const;

describe("an image's own rhythm", () => {
  it.each([
    { name: "is none of two idle times", ended: [24, 24], rhythm: null },
    { name: "is the median of idle times that are alike", ended: [23, 24, 25], rhythm: 24 },
    { name: "is the upper one of two in the middle", ended: [23, 24, 25, 26], rhythm: 25 },
    { name: "forgives a single one that is far off", ended: [24, 24, 24, 2, 24], rhythm: 24 },
    { name: "is none of idle times that differ by more than a fifth", ended: [10, 24, 40], rhythm: null },
  ])("$name", ({ ended: hours, rhythm }) => {
    expect(rhythmOf(hours.map((each) => each * hour))).toBe(rhythm === null ? null : rhythm * hour);
  });

  it.each([
    { name: "never back: four times its idle time", ended: [], idle: 5, own: 20 },
    { name: "within its rhythm: what is left of it", ended: [24, 24, 24], idle: 20, own: 4 },
    { name: "just due: half an hour at least", ended: [24, 24, 24], idle: 24, own: 0.5 },
    { name: "a quarter late: still believed in", ended: [24, 24, 24], idle: 30, own: 0.5 },
    {
      name: "late for half of its idle times: still believed in",
      ended: [20, 20, 24, 24],
      idle: 29,
      own: 0.5,
    },
    { name: "later than that: the mean of all, this one too", ended: [24, 24, 24], idle: 48, own: 40 },
    { name: "without a rhythm: the mean of all, this one too", ended: [2, 10], idle: 6, own: 9 },
    {
      name: "idle for longer than ever: a third of what it is late by",
      ended: [4, 4, 4, 4, 4],
      idle: 100,
      own: 32,
    },
  ])("expects the next use of an image that is $name", ({ ended: hours, idle, own }) => {
    const endedMs = hours.map((each) => each * hour);
    expect(ownWaitMs(idle * hour, endedMs, believedRhythmOf(idle * hour, endedMs))).toBe(own * hour);
  });

  it("makes the larger of two images stay first, a little", () => {
    const weights = [0, 10, 30].map((bytes) => sizeWeight(bytes, 10));
    expect(weights[0]).toBeCloseTo(1.07, 2);
    expect(weights[1]).toBe(1);
    expect(weights[2]).toBeCloseTo(0.93, 2);
    expect(sizeWeight(0, 0)).toBe(1);
  });

  it("is one of three expectations, of which the geometric mean is taken", () => {
    expect(expectedMs(2, 4, 27)).toBeCloseTo(6);
  });

  it("keeps the last eight idle times", () => {
    const times = Array.from({ length: 10 }, (_, index) => index).reduce<readonly number[]>(
      withEndedIdle,
      [],
    );
    expect(times).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

/** The wait for a use after so many milliseconds, by the history and by what runs. */
function waitOf(history: ReturnHistory, running: readonly IdleTime[], group: ReturnGroup) {
  const groups = new ReturnGroups();
  const number = groups.number(group);
  const columns = {
    groups: Uint32Array.from(running, (each) => groups.number(each.group)),
    idleMs: Float64Array.from(running, ({ idleMs }) => idleMs),
  };
  const rates = new ReturnRates(groups, history, columns, now);
  return (idleMs: number) => rates.waitMs(number, idleMs);
}

describe("a repository's past", () => {
  it("expects the next use about when images of it came back", () => {
    const { history } = pastOf(ended(shop.repository, Array<number>(40).fill(24)));
    const wait = waitOf(history, [], shop);
    const waits = [1, 12, 22, 30].map((hours) => wait(hours * hour) / hour);
    // A bin from 23 to 25 hours holds all of them: the end of it is what can be said.
    expect(waits[0]).toBeGreaterThan(20);
    expect(waits[0]).toBeLessThan(30);
    expect(waits[1]).toBeLessThan(16);
    expect(waits[2]).toBeLessThan(5);
    expect(waits[3]).toBeGreaterThan(100);
  });

  it("waits longer for images that others of it have not come back from", () => {
    const history = pastOf(ended("other", [24, 24])).history;
    const running = Array.from({ length: 50 }, () => ({ group: shop, idleMs: 300 * hour }));
    const alone = waitOf(history, [], shop)(30 * hour);
    expect(waitOf(history, running, shop)(30 * hour)).toBeGreaterThan(3 * alone);
  });

  it("takes an idle time that still runs for no evidence of the bin that it is in", () => {
    const history = pastOf(ended("other", [24])).history;
    const running = Array.from({ length: 50 }, () => ({ group: shop, idleMs: 21 * hour }));
    expect(waitOf(history, running, shop)(20 * hour)).toBe(waitOf(history, [], shop)(20 * hour));
  });

  it("is the same in whatever order images are listed", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 12 }), (counts) => {
        const groups = counts.map((_, index) => ({ ...shop, repository: `app${index}` }));
        const history = pastOf(groups.flatMap(({ repository }) => ended(repository, [24, 24, 300]))).history;
        const running = groups.flatMap((group, index) =>
          Array.from({ length: counts[index] ?? 0 }, () => ({ group, idleMs: 300 * hour })),
        );
        const hours = [1, 10, 22, 24, 30, 100, 200, 300];
        const waits = [running, running.toReversed()].map((listed) => {
          const wait = waitOf(history, listed, shop);
          return hours.map((each) => wait(each * hour));
        });
        expect(waits[0]).toEqual(waits[1]);
      }),
      { numRuns: 500 },
    );
  });

  it("tells images that have lost their tag apart", () => {
    const { history } = pastOf(ended(shop.repository, Array<number>(30).fill(2)));
    const untagged = { ...shop, tagState: "untagged" } as const;
    expect(waitOf(history, [], untagged)(hour)).toBeGreaterThan(2 * waitOf(history, [], shop)(hour));
  });

  it("halves in 30 days of observed time, and no further when the clock is set back", () => {
    const before = pastOf(ended(shop.repository, [2, 2, 2, 2])).history;
    const after = withEnded(before, ended("other", [2]), now + 30 * day);
    expect(after.counts.tagged.get(shop.repository)?.[0]).toBe(2);
    const early = withEnded(before, ended("other", [2]), now - 30 * day);
    expect(early.counts.tagged.get(shop.repository)?.[0]).toBe(4);
  });

  it("never knows a use that is due beyond the last bin", () => {
    expect(waitOf(emptyReturnHistory, [], shop)(100 * day)).toBe(Infinity);
  });
});

interface Scene {
  readonly name: string;
  readonly images: Readonly<Record<string, FactsRecipe>>;
  /** 10 unless it is given. */
  readonly quotaBytes?: number;
  readonly past: UsePast;
  readonly goes: readonly string[];
}

/** Each image has 10 bytes unless more are given, and a repository of its name. */
const scenes: readonly Scene[] = [
  {
    name: "keeps the nightly job's image, idle for 20 hours, rather than one that was used once 2 hours ago",
    images: {
      nightly: { lastUsedAt: 1, idleMs: 20 * hour },
      once: { lastUsedAt: 2, idleMs: 2 * hour },
    },
    past: pastOf(
      [
        ...ended("docker.io/library/nightly", [24, 24, 24]),
        ...ended("docker.io/library/other", Array<number>(30).fill(700)),
      ],
      daily("nightly"),
    ),
    goes: ["once"],
  },
  {
    name: "goes by last use as long as no idle time has ended in a use",
    images: {
      nightly: { lastUsedAt: 1, idleMs: 20 * hour },
      once: { lastUsedAt: 2, idleMs: 2 * hour },
    },
    past: pastOf([], daily("nightly")),
    goes: ["nightly"],
  },
  {
    name: "keeps the larger of two images that come back every day",
    images: {
      small: { lastUsedAt: 2, idleMs: 20 * hour, size: 20 },
      large: { lastUsedAt: 1, idleMs: 20 * hour, size: 90 },
    },
    quotaBytes: 90,
    past: pastOf(
      [...ended("docker.io/library/small", [24, 24]), ...ended("docker.io/library/large", [24, 24])],
      daily("small", "large"),
    ),
    goes: ["small"],
  },
  {
    name: "needs a parent as soon as the soonest needed image built on it",
    images: {
      base: { lastUsedAt: 1, idleMs: 50 * day, size: 0 },
      child: {
        lastUsedAt: 1,
        idleMs: 23 * hour,
        parent: "base",
      },
      stranger: { lastUsedAt: 2, idleMs: 10 * hour },
    },
    past: pastOf(ended("docker.io/library/child", [24, 24, 24]), daily("child")),
    goes: ["stranger"],
  },
];

describe("the walk of a quota", () => {
  const removedBy = ({ images, past, quotaBytes = 10 }: Scene, order: "next-use" | "last-use") => {
    const all = Object.entries(images).map(([word, recipe]) => facts(word, recipe));
    const words = new Map(Object.keys(images).map((word) => [imageId(word), word]));
    const plan = makePlan(all, policy({ quotaBytes, order }), now, null, () => past);
    return plan.removals.map(({ facts: { image } }) => words.get(image.id));
  };

  it.each(scenes)("$name", (scene) => expect(removedBy(scene, "next-use")).toEqual(scene.goes));

  it("goes by last use where that is asked for", () => {
    const [nightly] = scenes;
    expect(nightly === undefined ? [] : removedBy(nightly, "last-use")).toEqual(["nightly"]);
  });

  it("removes what is needed last first, so that free space is reached with what is missed least", () => {
    const images = [
      facts("nightly", {
        lastUsedAt: 1,
        idleMs: 23 * hour,
      }),
      facts("old", { lastUsedAt: 2, idleMs: 9 * hour }),
    ];
    const past = pastOf(ended("docker.io/library/nightly", [24, 24, 24]), daily("nightly"));
    const filesystem = { totalBytes: 100, freeBytes: 0, totalInodes: 9, freeInodes: 9 };
    const plan = makePlan(images, policy({ minFreeBytes: 20 }), now, filesystem, () => past);
    expect(plan.removals.map(({ facts: { image } }) => image.tags[0])).toEqual(["old:1", "nightly:1"]);
  });

  it("takes age limits by idle time alone, whatever is expected", () => {
    const images = [
      facts("nightly", {
        idleMs: 25 * hour,
        lastUsedAt: 1,
      }),
      facts("other", { idleMs: 23 * hour, lastUsedAt: 2 }),
    ];
    const past = pastOf(ended("docker.io/library/nightly", [24, 24, 24]), daily("nightly"));
    const plan = makePlan(images, policy({ maxAgeMs: day }), now, null, () => past);
    expect(plan.removals.map(({ facts: { image } }) => image.tags[0])).toEqual(["nightly:1"]);
  });
});

interface Recipe {
  readonly size: number;
  readonly idleMs: number;
  readonly endedHours: readonly number[];
  readonly parent: number | undefined;
  readonly isUntagged: boolean;
}

describe("every order of need", () => {
  const idleTimes = fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 8 });
  const world: fc.Arbitrary<Recipe[]> = fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 50 }),
      idleMs: fc.integer({ min: 0, max: 3000 * hour }),
      endedHours: idleTimes,
      parent: fc.option(fc.nat(12), { nil: undefined }),
      isUntagged: fc.boolean(),
    }),
    { maxLength: 14 },
  );
  const imagesOf = (recipes: readonly Recipe[]) =>
    recipes.map(({ parent, size, idleMs, isUntagged }, index) =>
      facts(`image${index}`, {
        size,
        idleMs,
        isUntagged,
        lastUsedAt: now - idleMs,
        ...(parent === undefined || parent >= index ? {} : { parent: `image${parent}` }),
      }),
    );

  const pastFor = (recipes: readonly Recipe[], hours: readonly number[]) =>
    pastOf(ended("docker.io/library/image1", hours), {
      idleTimes: new Map(
        recipes.map(({ endedHours }, index) => [
          imageId(`image${index}`),
          endedHours.map((each) => each * hour),
        ]),
      ),
    });

  it("makes plans that keep children with their parents, meet the quota, and do not depend on the listing's order", () => {
    fc.assert(
      fc.property(world, idleTimes, fc.integer({ min: 1, max: 300 }), (recipes, hours, quotaBytes) => {
        const images = imagesOf(recipes);
        const past = pastFor(recipes, hours);
        const plan = makePlan(images, policy({ quotaBytes }), now, null, () => past);
        const gone = new Set<string>();
        for (const { facts: planned } of plan.removals) {
          gone.add(planned.image.id);
          const children = images.filter(({ image }) => image.parentId === planned.image.id);
          expect(children.every(({ image }) => gone.has(image.id))).toBe(true);
        }
        expect(plan.beforeBytes - plan.freedBytes).toBeLessThanOrEqual(Math.max(quotaBytes, 0));
        expect(makePlan(images.toReversed(), policy({ quotaBytes }), now, null, () => past)).toEqual(plan);
      }),
      { numRuns: 500 },
    );
  });

  it("goes by the expected time, and by last use where that is the same, as it is of all that nothing is expected of", () => {
    const alike = world.map((recipes) =>
      recipes.map((recipe) => ({ ...recipe, idleMs: recipe.idleMs - (recipe.idleMs % (500 * hour)) })),
    );
    fc.assert(
      fc.property(alike, idleTimes, (recipes, hours) => {
        const images = imagesOf(recipes.map((recipe) => ({ ...recipe, parent: undefined, size: 10 })));
        const inRemovalOrder = removalOrder(images);
        const expected = expectedUses(images, "next-use", () => pastFor(recipes, [...hours, 24]));
        const neededInMs = ({ facts: { image } }: RankedImage) => expected?.get(image.id)?.expectedMs ?? NaN;
        const sorted = inRemovalOrder.order
          .toReversed()
          .sort((first, second) =>
            neededInMs(first) === neededInMs(second) ? 0 : neededInMs(first) - neededInMs(second),
          );
        expect(needOrder(inRemovalOrder, expected)).toEqual(sorted);
      }),
      { numRuns: 500 },
    );
  });

  it("is that of last use without a past, and where last use is asked for", () => {
    fc.assert(
      fc.property(world, idleTimes, fc.integer({ min: 1, max: 300 }), (recipes, hours, quotaBytes) => {
        const images = imagesOf(recipes);
        const byLastUse = makePlan(images, policy({ quotaBytes, order: "last-use" }), now);
        expect(makePlan(images, policy({ quotaBytes }), now, null, () => pastOf([]))).toEqual(byLastUse);
        const past = pastFor(recipes, hours);
        const asked = policy({ quotaBytes, order: "last-use" });
        expect(makePlan(images, asked, now, null, () => past)).toEqual(byLastUse);
      }),
      { numRuns: 500 },
    );
  });
});
