import { describe, expect, it } from "vitest";
import type { WhatIf } from "../../../../src/core/what-if/what-if.js";
import { whatIfDocument, type EngineWhatIf } from "../../../../src/report/documents/what-if.js";
import { toText } from "../../../../src/report/formats/text.js";
import { plainPalette } from "../../../../src/report/layout/palette.js";
import { GiB, MiB } from "../../../support/build-report.js";

const day = 24 * 3_600_000;

function found(changes: Partial<WhatIf> = {}, observedShare: number | null = 0.978): EngineWhatIf {
  const result: WhatIf = {
    rows: [
      { quotaBytes: 10 * GiB, keptBytes: 9.5 * GiB, removals: 212, pulledAgainBytes: 60 * GiB },
      { quotaBytes: 20 * GiB, keptBytes: 19 * GiB, removals: 40, pulledAgainBytes: 1500 * MiB },
    ],
    firstPulledBytes: 40 * GiB,
    from: Date.UTC(2026, 0, 1, 10),
    spanMs: 30 * day + 59_000,
    sessions: 700,
    images: 93,
    recommendedBytes: 20 * GiB,
    ...changes,
  };
  return { engine: "ABCD", result, observedShare };
}

const show = (engines: readonly EngineWhatIf[], width?: number) =>
  toText(whatIfDocument(engines), { width, color: plainPalette });

describe("what-if", () => {
  it("shows a row for each quota, what the most would have been pulled again, and the smallest that is enough", () => {
    expect(show([found()])).toEqual([
      "700 uses of 93 images in 30d since 2026-01-01 10:00 UTC, of which 98 % was observed, replayed with each quota and no other limit.",
      "",
      "   QUOTA     KEPT  WOULD HAVE BEEN REMOVED  PULLED AGAIN PER DAY",
      "  10 GiB  9.5 GiB               212 images                 2 GiB  ████████████████████",
      "  20 GiB   19 GiB                40 images                50 MiB",
      "",
      "The smallest of these with at most 5 % pulled again: --quota 20G. That is about the past; the future may differ.",
    ]);
  });

  it("says that more is needed where no quota is enough", () => {
    expect(show([found({ recommendedBytes: null })]).at(-1)).toBe(
      "With each of these, more than 5 % would have been pulled again; try more than 20 GiB.",
    );
  });

  it("names engines where there are several, and fits a narrow terminal", () => {
    const lines = show([found(), found({}, null)], 60);
    expect(lines.filter((line) => line.startsWith("Engine"))).toHaveLength(2);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  it("says so where nothing is logged", () => {
    expect(show([])).toEqual([
      "No use is logged yet. Runs write down what was used; ask again after a week or so of them.",
    ]);
  });
});
