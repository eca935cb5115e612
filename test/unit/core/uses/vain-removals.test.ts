import { describe, expect, it } from "vitest";
import { makePlan } from "../../../../src/core/plan/plan.js";
import {
  afterMeasuring,
  stillInVain,
  waitsUntil,
  type MeasuredRemoval,
  type VainRemovals,
} from "../../../../src/core/uses/vain-removals.js";
import { facts, policy } from "../../../support/values.js";

const hour = 3_600_000;
const space = { totalBytes: 1000, freeBytes: 100, totalInodes: 500, freeInodes: 50 };

function measured(changes: Partial<MeasuredRemoval> & { readonly freed?: number; readonly inodes?: number }) {
  const { freed = 0, inodes = 0, before = space, ...fields } = changes;
  const after = { ...before, freeBytes: before.freeBytes + freed, freeInodes: before.freeInodes + inodes };
  return { expectedBytes: 50, before, after, at: 7, reason: "min-free" as const, ...fields };
}

const vain: VainRemovals = { removals: 3, expectedBytes: 150, freeBytes: 100, lastAt: 1000 };

describe("a removal for free space", () => {
  it.each<[string, ReturnType<typeof measured>, number | null]>([
    ["that freed nothing counts", measured({}), 4],
    ["that freed a little of what was expected counts", measured({ freed: 4 }), 4],
    ["that freed a tenth of it makes an end", measured({ freed: 5 }), null],
    ["during which others wrote counts", measured({ freed: -20 }), 4],
    ["of which nothing was expected says nothing", measured({ expectedBytes: 0 }), 3],
    ["of bytes that only freed inodes counts", measured({ inodes: 1 }), 4],
    ["of inodes that freed one makes an end", measured({ inodes: 1, reason: "min-free-inodes" }), null],
    ["of inodes that freed none counts", measured({ reason: "min-free-inodes" }), 4],
  ])("%s", (_, removal, removals) => {
    expect(afterMeasuring(vain, removal)?.removals ?? null).toBe(removals);
  });

  it("begins with what was free before the first", () => {
    const first = afterMeasuring(null, measured({ freed: -20 }));
    expect(first).toEqual({ removals: 1, expectedBytes: 50, freeBytes: 100, lastAt: 7 });
    expect(afterMeasuring(first, measured({ before: { ...space, freeBytes: 80 }, at: 9 }))).toEqual({
      removals: 2,
      expectedBytes: 100,
      freeBytes: 100,
      lastAt: 9,
    });
  });
});

it.each<[removals: number, waitMs: number | null]>([
  [1, null],
  [2, null],
  [3, hour],
  [4, 4 * hour],
  [5, 24 * hour],
  [50, 24 * hour],
])("after %i in vain, one image is tried again after %s ms", (removals, waitMs) => {
  const known = { ...vain, removals };
  expect(waitsUntil(known, 1000)).toBe(waitMs === null ? null : 1000 + waitMs);
  expect(waitsUntil(known, 1000 + (waitMs ?? 0))).toBeNull();
});

it("more free space ends it, whoever made it", () => {
  expect(stillInVain(vain, { ...space, freeBytes: 114 })).toBe(vain);
  expect(stillInVain(vain, { ...space, freeBytes: 115 })).toBeNull();
});

describe("as long as it waits", () => {
  const rules = policy({ minFreeBytes: 200, minFreeInodes: 60, maxAgeMs: 50 });
  const images = [facts("old", { idleMs: 60 }), facts("one"), facts("two")];

  it("only what is too old goes, and the limits are unmet for that reason", () => {
    const plan = makePlan(images, rules, 2000, { ...space, inVain: vain });
    expect(plan.removals.map(({ verdict }) => verdict.reason)).toEqual(["age"]);
    expect(plan.unmetLimits).toMatchObject([
      { limit: "min-free", inVain: { removals: 3, expectedBytes: 150, retryAt: 1000 + hour } },
    ]);
  });

  it("and then goes as before", () => {
    const plan = makePlan(images, rules, 1000 + hour, { ...space, inVain: vain });
    expect(plan.removals).toHaveLength(3);
    expect(plan.unmetLimits).toMatchObject([{ limit: "min-free", inVain: null }]);
  });
});

it("what goes for its age goes before what goes to make room, whichever was used first", () => {
  const images = [
    facts("first", { lastUsedAt: 1 }),
    facts("leftover", { lastUsedAt: 2, idleMs: 60, isUntagged: true }),
    facts("second", { lastUsedAt: 3 }),
  ];
  const rules = policy({ untaggedAgeMs: 50, maxAgeMs: 1000, minFreeInodes: 60 });
  const plan = makePlan(images, rules, 2000, space);
  expect(plan.removals.map((each) => each.facts.image.tags[0])).toEqual([
    "leftover:1",
    "first:1",
    "second:1",
  ]);
});
