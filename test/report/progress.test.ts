import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellWidth } from "../../src/report/cells.js";
import { progressLine } from "../../src/report/progress.js";
import { GiB } from "./build-report.js";

const progress = {
  done: 3,
  total: 12,
  freedBytes: 1.5 * GiB,
  currentName: "registry.example.com/team/app:1",
  elapsedMs: 8400,
};

describe("the live counter", () => {
  it.each([
    [120, "Removing 3/12 · 1.5 GiB freed · 8s · registry.example.com/team/app:1"],
    [50, "Removing 3/12 · 1.5 GiB freed · 8s · …/team/app:1"],
    [40, "Removing 3/12 · 1.5 GiB freed · 8s"],
    [20, "Removing 3/12 · 1.…"],
  ])("fits into %d columns", (width, expected) => {
    expect(progressLine(progress, width)).toBe(expected);
  });

  it("needs no image in hand", () => {
    expect(progressLine({ ...progress, currentName: null }, 80)).toBe("Removing 3/12 · 1.5 GiB freed · 8s");
  });

  it("is one harmless line that never reaches the last column", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 2, max: 200 }), (currentName, width) => {
        const line = progressLine({ ...progress, currentName }, width);
        expect(cellWidth(line)).toBeLessThan(width);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
