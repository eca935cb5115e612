import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sanitize } from "../../../../src/report/layout/sanitize.js";

describe("sanitize", () => {
  it.each([
    ["ordinary names stay", "registry:5000/team/app@sha256:0a", "registry:5000/team/app@sha256:0a"],
    ["letters of any script stay", "größe/イメージ ✓", "größe/イメージ ✓"],
    ["terminal escapes are written out", "\u001b]0;owned\u0007", "\\x1b]0;owned\\x07"],
    ["so is the one-byte form", "\u009b2J", "\\x9b2J"],
    ["line breaks and tabs become one space", "a\r\n\tb\u2028c", "a b c"],
    ["carriage returns do not overwrite", "removed\rkept", "removed kept"],
    ["bidi overrides are written out", "a\u202eb\u2066c\u200f", "a\\u202eb\\u2066c\\u200f"],
    ["so are zero-width characters", "a\u200bb\ufeff\u00ad", "a\\u200bb\\ufeff\\xad"],
    ["and tags beyond the first plane", "a\u{e0041}", "a\\u{e0041}"],
    ["a lone surrogate is written out", "\ud800", "\\ud800"],
  ])("%s", (_, text, expected) => {
    expect(sanitize(text)).toBe(expected);
  });

  it("leaves what it made as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(sanitize(sanitize(text))).toBe(sanitize(text));
      }),
    );
  });
});
