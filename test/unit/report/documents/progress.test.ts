import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellWidth } from "../../../../src/report/layout/cells.js";
import { paintLine } from "../../../../src/report/layout/line.js";
import { plainPalette } from "../../../../src/report/layout/palette.js";
import { progressLine, type Progress } from "../../../../src/report/documents/progress.js";
import { GiB } from "../../../support/build-report.js";

const removing: Progress = {
  kind: "removing",
  done: 3,
  total: 12,
  bytes: 1.5 * GiB,
  totalBytes: 6 * GiB,
  currentName: "registry.example.com/team/app:1",
  elapsedMs: 8400,
};

function drawn(progress: Progress, room: number): string {
  return paintLine(progressLine(progress, room), undefined, plainPalette);
}

describe("the live line", () => {
  it.each([
    [
      119,
      "Removing █████░░░░░░░░░░░░░░░ 3/12 · 1.5 GiB of 6 GiB · 25s left · registry.example.com/team/app:1",
    ],
    [79, "Removing █████░░░░░░░░░░░░░░░ 3/12 · 1.5 GiB of 6 GiB · 25s left · regis…/app:1"],
    [59, "Removing ███░░░░░░░ 3/12 · 1.5 GiB of 6 GiB · 25s left"],
    [45, "Removing ███░░░░░░░ 3/12 · 1.5 GiB of 6 GiB"],
    [40, "Removing 3/12 · 1.5 GiB of 6 GiB"],
    [20, "Removing 3/12"],
    [6, "3/12"],
  ])("leaves out what has no room in %d cells", (room, expected) => {
    expect(drawn(removing, room)).toBe(expected);
  });

  it("says what it does while layers are learned, and needs no image in hand", () => {
    const learning: Progress = { ...removing, kind: "learning", bytes: 0, totalBytes: 0, currentName: null };
    expect(drawn(learning, 79)).toBe("Learning layers █████░░░░░░░░░░░░░░░ 3/12 · 25s left");
  });

  it.each<[string, Partial<Progress>, string]>([
    ["what is elapsed before anything is done", { done: 0, bytes: 0 }, "8s"],
    ["what is elapsed in the first second", { elapsedMs: 900 }, "0s"],
    ["what is left by count and by bytes", { done: 6, bytes: 0 }, "25s left"],
    ["what is left by count where there are no bytes", { done: 6, bytes: 0, totalBytes: 0 }, "8s left"],
    ["nothing left at the end", { done: 12, bytes: 6 * GiB }, "0s left"],
  ])("tells %s", (_, parts, expected) => {
    const time = drawn({ ...removing, currentName: null, ...parts }, 119)
      .split(" · ")
      .at(-1);
    expect(time).toBe(expected);
  });

  it("is one harmless line that fits, whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 5, max: 200 }), (currentName, room) => {
        const line = drawn({ ...removing, currentName }, room);
        expect(cellWidth(line)).toBeLessThanOrEqual(room);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
