import { describe, expect, it } from "vitest";
import { cellWidth, shortenEnd, shortenMiddle } from "../../../../src/report/layout/cells.js";
import { sanitize } from "../../../../src/report/layout/sanitize.js";

describe("widths", () => {
  it.each([
    ["app:1", 5],
    ["größe", 5],
    ["イメージ", 8],
    ["e\u0301", 1],
    ["🐳", 2],
    ["…≥·", 3],
  ])("%s takes %d cells", (text, width) => {
    expect(cellWidth(text)).toBe(width);
  });

  it.each([
    ["registry.example.com/team/app:1.2.3", 40, "registry.example.com/team/app:1.2.3"],
    ["registry.example.com/team/app:1.2.3", 24, "registry…/team/app:1.2.3"],
    ["registry.example.com/team/app:1.2.3", 20, "registry.…/app:1.2.3"],
    ["registry.example.com/team/app:1.2.3", 8, "re…1.2.3"],
    ["a-very-long-name-without-any-slash:1.2.3", 13, "a-ve…sh:1.2.3"],
    ["registry/イメージ/イメージ:1", 14, "regis…メージ:1"],
  ])("%s shortened to %d loses its middle", (name, width, expected) => {
    const shown = shortenMiddle(sanitize(name), width);
    expect(shown).toBe(expected);
    expect(cellWidth(shown)).toBeLessThanOrEqual(width);
  });

  it("shortens sentences at their end, never in the middle of a wide letter", () => {
    expect(shortenEnd(sanitize("in use by web"), 8)).toBe("in use…");
    expect(shortenEnd(sanitize("イメージ"), 6)).toBe("イメ…");
  });
});
