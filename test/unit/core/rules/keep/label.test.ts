import { describe, expect, it } from "vitest";
import { asksToBeKept } from "../../../../../src/core/rules/keep/label.js";
import { makePlan } from "../../../../../src/core/plan/plan.js";
import { facts, image, policy, type FactsRecipe, type PolicyRecipe } from "../../../../support/values.js";

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
