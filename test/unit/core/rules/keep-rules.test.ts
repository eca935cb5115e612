import { expect, it } from "vitest";
import { byStrength, keepReasons, placeOf } from "../../../../src/core/rules/keep-rules.js";

it("no two rules that keep have the same reason", () => {
  expect(new Set(keepReasons).size).toBe(keepReasons.length);
});

it("every reason has one place among the strong and the weak, and those that hold bytes come first", () => {
  expect([...byStrength].sort()).toEqual([...keepReasons].sort());
  const places = byStrength.map(placeOf);
  expect(places.lastIndexOf(null) - places.indexOf(null)).toBe(
    places.filter((each) => each === null).length - 1,
  );
  expect(places.at(-1)).toBeNull();
});
