import { describe, expect, it } from "vitest";
import { makePlan } from "../../../../../src/core/plan/plan.js";
import { facts, policy, type FactsRecipe, type PolicyRecipe } from "../../../../support/values.js";

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
