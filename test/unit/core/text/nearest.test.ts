import { describe, expect, it } from "vitest";
import { nearest, nearestNames } from "../../../../src/core/text/nearest.js";

const names = ["quota", "quota-target", "keep", "keep-file", "max-age", "only"];

describe("nearest", () => {
  it.each([
    ["qouta", "quota"],
    ["quotas", "quota"],
    ["kep", "keep"],
    ["keepfile", "keep-file"],
    ["max_age", "max-age"],
    ["quota-traget", "quota-target"],
    ["x", null],
    ["on", null],
    ["", null],
    ["something-else", null],
    ["a".repeat(100_000), null],
  ])("takes %s for %s", (typed, expected) => {
    expect(nearest(typed, names)).toBe(expected);
  });
});

describe("the nearest names of images", () => {
  const images = ["redis:7", "redis:6", "registry.example.com/shop/web:1", "node:20", "nodejs:1", "alpine"];
  it.each([
    ["redsi", ["redis:7", "redis:6"]],
    ["redsi:*", ["redis:7", "redis:6"]],
    ["redis:8", ["redis:7", "redis:6"]],
    ["shop/wbe", ["registry.example.com/shop/web:1"]],
    ["wev", ["registry.example.com/shop/web:1"]],
    ["registry.example.com/shop/wbe:*", ["registry.example.com/shop/web:1"]],
    ["node", ["node:20"]],
    ["**", []],
    ["", []],
    ["mysql", []],
  ])("to %s are %j", (typed, expected) => {
    expect(nearestNames(typed, images)).toEqual(expected);
  });

  it("are three at most", () => {
    expect(nearestNames("ap", ["ap:1", "ap:2", "ap:3", "ap:4"])).toHaveLength(3);
  });
});
