import { describe, expect, it } from "vitest";
import type { Filesystem } from "../../../../src/core/policy/filesystem.js";
import { makePlan } from "../../../../src/core/plan/plan.js";
import { unmetWith, type Remains } from "../../../../src/core/plan/unmet-limits.js";
import { facts, imageId, policy, type FactsRecipe } from "../../../support/values.js";

const filesystem: Filesystem = { totalBytes: 1000, freeBytes: 100, totalInodes: 500, freeInodes: 50 };

function remains(images: Readonly<Record<string, FactsRecipe>>, details: Remains["details"] = new Map()) {
  const all = Object.entries(images).map(([word, recipe]) => facts(word, recipe));
  const { keeps, beforeBytes } = makePlan(all, policy(), 1000);
  return { staying: keeps, bytes: beforeBytes, freedBytes: 0, details };
}

describe("a limit is unmet", () => {
  const rules = policy({ quotaBytes: 30, minFreeBytes: 110, minFreeInodes: 60 });
  const met = { freeBytes: 110, freeInodes: 60 };

  it.each<[string, number, Pick<Filesystem, "freeBytes" | "freeInodes"> | null, object[]]>([
    ["not at the limit", 30, met, []],
    ["over the quota", 31, met, [{ limit: "quota", limitBytes: 30, remainingBytes: 31 }]],
    [
      "short of bytes",
      30,
      { ...met, freeBytes: 109 },
      [{ limit: "min-free", limitBytes: 110, freeBytes: 109 }],
    ],
    ["short of inodes", 30, { ...met, freeInodes: 59 }, [{ limit: "min-free-inodes", freeInodes: 59 }]],
    ["not where the filesystem was not looked at", 30, null, []],
  ])("%s", (_, size, free, unmet) => {
    expect(unmetWith(remains({ one: { size } }), rules, free, 1000)).toMatchObject(unmet);
  });

  it("and says which images stand in the way, with what they alone hold, the largest first", () => {
    const details = new Map([[imageId("small"), "The engine says: busy."]]);
    const left = remains(
      { small: { size: 11, retryAt: 9999 }, large: { size: 22, retryAt: 9999 }, used: { inUse: true } },
      details,
    );
    expect(unmetWith(left, rules, null, 1000)).toMatchObject([
      {
        limit: "quota",
        holders: [
          { reason: "failed-before", bytes: 33 },
          { reason: "in-use", bytes: 10 },
        ],
        inTheWay: [
          { image: { id: imageId("large") }, bytes: 22, detail: null },
          { image: { id: imageId("small") }, bytes: 11, detail: "The engine says: busy." },
        ],
      },
    ]);
  });

  it.each([
    [49, true],
    [50, false],
    [null, false],
  ])("where a plan takes half of all images and a run may take %s percent: %s", (maxRemovedShare, is) => {
    const images = ["one", "two"].map((word) => facts(word, { idleMs: 40 }));
    const kept = ["three", "four"].map((word) => facts(word, { inUse: true }));
    const plan = makePlan([...images, ...kept], policy({ maxAgeMs: 30, maxRemovedShare }), 1000);
    expect(plan.removals).toHaveLength(2);
    expect(plan.isHeldBack).toBe(is);
    expect(plan.unmetLimits.map(({ limit }) => limit)).toEqual(is ? ["max-removed-share"] : []);
  });

  it("but is not given up by a plan while images wait for another run", () => {
    const limited = policy({ quotaBytes: 1, maxRemovals: 1 });
    expect(makePlan([facts("one"), facts("two")], limited, 1000, filesystem).unmetLimits).toEqual([]);
  });
});
