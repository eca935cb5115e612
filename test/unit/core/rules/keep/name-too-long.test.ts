import { describe, expect, it } from "vitest";
import { mostCharacters } from "../../../../../src/core/text/known-text.js";
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

function tagged(...tags: readonly string[]): Pick<FactsRecipe, "fields"> {
  return { fields: { tags } };
}

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
