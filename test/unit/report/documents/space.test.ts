import { describe, expect, it } from "vitest";
import type { Policy } from "../../../../src/core/policy/policy.js";
import type { RunReport } from "../../../../src/core/results/run-report.js";
import { plainPalette } from "../../../../src/report/layout/palette.js";
import {
  buildKept,
  buildPolicy,
  buildRemoval,
  buildReport,
  GiB,
  MiB,
  now,
} from "../../../support/build-report.js";
import { renderRun } from "../../../support/render-run.js";

function linesOf(overrides: Partial<RunReport>): string[] {
  return renderRun(buildReport(overrides), {
    width: undefined,
    color: plainPalette,
    verbosity: "normal",
    now,
  });
}

const removed = buildRemoval(1, ["quota"], { outcome: "removed", freedBytes: 100 * MiB });
const kept = buildKept(2, ["in-use"]);

/** A run that should have freed 100 MiB. */
function measured(measuredFreedBytes: number | null, exact = true): string | undefined {
  const images = [{ ...removed, exact }, kept];
  const usage = { ...buildReport({ images, mode: "run" }).usage, measuredFreedBytes };
  return linesOf({ mode: "run", images, usage }).find((line) => line.startsWith("  freed"));
}

describe("planned and measured bytes", () => {
  it.each([
    ["the same", 100 * MiB, true, "100 MiB planned, 100 MiB by the engine's own figures"],
    ["about the same", 99.5 * MiB, true, "100 MiB planned, 99.5 MiB by the engine's own figures"],
    ["not measured", null, true, "100 MiB planned, not measured"],
    [
      "less, where all layers are known",
      60 * MiB,
      true,
      "100 MiB planned, 60 MiB by the engine's own figures; 40 MiB less than expected: probably still held in images that came meanwhile",
    ],
    [
      "less, where they are not",
      60 * MiB,
      false,
      "about 100 MiB planned, 60 MiB by the engine's own figures; 40 MiB less than expected: probably still held in content shared with other images, in the build cache or in containers",
    ],
    [
      "more, where all layers are known",
      150 * MiB,
      true,
      "100 MiB planned, 150 MiB by the engine's own figures; 50 MiB more than expected: probably others removed images meanwhile",
    ],
    [
      "more, where they are not",
      150 * MiB,
      false,
      "about 100 MiB planned, 150 MiB by the engine's own figures; 50 MiB more than expected: probably the images had more to themselves than could be seen",
    ],
  ])("%s", (_, bytes, exact, text) => {
    expect(measured(bytes, exact)).toBe(`  freed     ${text}`);
  });
});

describe("free space in a report", () => {
  const space = { totalBytes: 100 * GiB, freeBytes: 10 * GiB, totalInodes: 1000, freeInodes: 500 };
  const filesystem = { path: "/var/lib/docker", before: space, after: null };

  it("is shown where a limit asks for it", () => {
    const policy = buildPolicy({ minFreeBytes: 15 * GiB, minFreeInodes: 600 });
    expect(linesOf({ policy, filesystem, images: [kept] })).toContain(
      "  free      10 GiB of 100 GiB on the filesystem of /var/lib/docker, wanted 15 GiB; 500 inodes, wanted 600",
    );
    const after = { ...space, freeBytes: 16 * GiB };
    expect(linesOf({ mode: "run", policy, filesystem: { ...filesystem, after }, images: [kept] })).toContain(
      "  free      16 GiB of 100 GiB on the filesystem of /var/lib/docker, 10 GiB before, wanted 15 GiB; 500 inodes, wanted 600",
    );
    expect(linesOf({ images: [kept] }).some((line) => line.startsWith("  free"))).toBe(false);
  });

  it("that cannot be had is said, and who holds the bytes", () => {
    const holders = [{ reason: "in-use" as const, bytes: 3 * GiB }];
    const lines = linesOf({
      images: [kept],
      unmetLimits: [
        { limit: "min-free", limitBytes: 15 * GiB, freeBytes: 12 * GiB, holders, inTheWay: [], inVain: null },
        { limit: "min-free-inodes", limitInodes: 600, freeInodes: 550, holders, inTheWay: [], inVain: null },
      ],
    });
    expect(lines).toContain(
      "15 GiB of free space cannot be reached: removals bring it to 12 GiB. Held by: in use 3 GiB.",
    );
    expect(lines).toContain(
      "600 free inodes cannot be reached: removals bring them to 550. Held by: in use 3 GiB.",
    );
  });
});

describe("where the bytes of the images are", () => {
  it.each<[string, Partial<Policy>, boolean]>([
    ["a quota", { quotaBytes: GiB }, true],
    ["--free", { toFreeBytes: GiB }, true],
    ["--min-free", { minFreeBytes: GiB }, true],
    ["--min-free-inodes", { minFreeInodes: 10 }, true],
    ["no limit on space", {}, false],
  ])("is said with %s: %#", (_, limit, isSaid) => {
    const lines = linesOf({ policy: buildPolicy(limit), images: [kept] });
    expect(lines.some((line) => line.startsWith("  bytes"))).toBe(isSaid);
  });
});
