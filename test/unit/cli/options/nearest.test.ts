import { describe, expect, it } from "vitest";
import { nearest } from "../../../../src/cli/options/nearest.js";

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
