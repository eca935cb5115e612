import { describe, expect, it } from "vitest";
import { asksToBeKept } from "../../../../../src/core/rules/keep/label.js";
import { makePlan } from "../../../../../src/core/plan/plan.js";
import { facts, image, policy } from "../../../../support/values.js";
import { day, planOf } from "../../../../support/plan-of.js";

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
