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
