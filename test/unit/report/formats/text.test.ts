import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellWidth } from "../../../../src/report/layout/cells.js";
import { namesThatGo } from "../../../../src/report/wording/image-name.js";
import { createPalette, plainPalette } from "../../../../src/report/layout/palette.js";
import { arbitraryReport } from "../arbitrary-report.js";
import {
  buildKept,
  buildPolicy,
  buildRemoval,
  buildReport,
  buildRules,
  day,
  hour,
  MiB,
  now,
} from "../../../support/build-report.js";
import { renderRun } from "../../../support/render-run.js";
import { scenarios } from "../../../support/scenarios.js";

const widths = [undefined, 40, 80, 120];
const plain = { color: plainPalette, verbosity: "normal", now } as const;

describe("the text of a report reads as approved", () => {
  for (const [name, report] of Object.entries(scenarios)) {
    for (const width of widths) {
      const place = width === undefined ? "piped" : String(width);
      it(`${name}, ${place}`, async () => {
        const text = `${renderRun(report, { ...plain, width }).join("\n")}\n`;
        await expect(text).toMatchFileSnapshot(`golden/${name}.${place}.txt`);
      });
    }
  }

  it("dry-run, 120, verbose", async () => {
    const lines = renderRun(scenarios["dry-run"] ?? buildReport(), {
      ...plain,
      width: 120,
      verbosity: "verbose",
    });
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("golden/dry-run.verbose.txt");
  });
});

const verbosity = fc.constantFrom("normal" as const, "verbose" as const);
const anyWidth = fc.option(fc.integer({ min: 40, max: 200 }), { nil: undefined });

describe("any report", () => {
  it("has no line wider than the terminal", () => {
    fc.assert(
      fc.property(
        arbitraryReport,
        fc.integer({ min: 40, max: 200 }),
        verbosity,
        (report, width, verbosity) => {
          for (const line of renderRun(report, { ...plain, verbosity, width })) {
            expect(cellWidth(line)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });

  it("has one row for every image that stays and for every name that goes, when all are asked for", () => {
    fc.assert(
      fc.property(arbitraryReport, anyWidth, (report, width) => {
        const lines = renderRun(report, { ...plain, verbosity: "verbose", width });
        const rows = report.images.map(({ image, verdict }) =>
          verdict.kind === "keep" ? 1 : namesThatGo(image).length,
        );
        expect(countRows(lines)).toBe(rows.reduce((sum, count) => sum + count, 0));
      }),
    );
  });

  it("never lets a control character, an escape or a bidi override through", () => {
    fc.assert(
      fc.property(arbitraryReport, anyWidth, verbosity, (report, width, verbosity) => {
        for (const line of renderRun(report, { ...plain, verbosity, width })) {
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });

  it("says the same with and without colour", () => {
    const color = createPalette("always", {}, {});
    fc.assert(
      fc.property(arbitraryReport, anyWidth, verbosity, (report, width, verbosity) => {
        const painted = renderRun(report, { ...plain, color, verbosity, width });
        expect(painted.map(withoutColor)).toEqual(renderRun(report, { ...plain, verbosity, width }));
      }),
    );
  });
});

describe("rendering", () => {
  it.each(Object.values(scenarios))("leaves no blanks at the end of a line (%#)", (report) => {
    for (const width of widths) {
      for (const line of renderRun(report, { ...plain, width })) expect(line).toBe(line.trimEnd());
    }
  });

  it("treats a terminal of width 0 as a pipe, and a tiny one as 40 columns wide", () => {
    const report = scenarios["dry-run"] ?? buildReport();
    expect(renderRun(report, { ...plain, width: 0 })).toEqual(
      renderRun(report, { ...plain, width: undefined }),
    );
    expect(renderRun(report, { ...plain, width: 7 })).toEqual(renderRun(report, { ...plain, width: 40 }));
  });

  it("keeps a run from cron without anything to do within a handful of lines", () => {
    const report = buildReport({ mode: "run", images: [buildKept(1, ["within-limits"])] });
    const lines = renderRun(report, { ...plain, width: undefined });
    expect(lines[0]).toBe("Nothing to remove.");
    expect(lines.length).toBeLessThanOrEqual(6);
  });

  it.each([
    [{}, "  rules     grace 1h; keep-recent 1"],
    [
      { keep: buildRules("a", "b"), only: buildRules("team/"), maxRemovals: 5, keepRecent: 0 },
      "  rules     grace 1h; keep-recent 0; keep a, b; only team/; max-removals 5",
    ],
  ])("names the rules when asked for more (%#)", (policy, expected) => {
    const report = buildReport({ policy: buildPolicy(policy) });
    expect(renderRun(report, { ...plain, verbosity: "verbose", width: undefined })).toContain(expected);
    expect(renderRun(report, { ...plain, width: undefined })).not.toContain(expected);
  });

  it.each([
    [{ untaggedAgeMs: day }, "images idle for 7d go, untagged ones after 1d"],
    [{ untaggedAgeMs: null }, "images idle for 7d go, untagged ones never"],
    [{ maxAgeMs: null, untaggedAgeMs: day }, "no limit, untagged ones after 1d"],
  ])("names the age limit of untagged images where it is another: %j", (policy, expected) => {
    const lines = renderRun(buildReport({ policy: buildPolicy(policy) }), { ...plain, width: undefined });
    expect(lines).toContain(`  age       ${expected}`);
  });

  it("says when no limit is set", () => {
    const lines = renderRun(buildReport({ policy: buildPolicy({ maxAgeMs: null }) }), {
      ...plain,
      width: undefined,
    });
    expect(lines).toContain("  images    0 B in 0 images; no quota");
    expect(lines).toContain("  age       no limit is set, so nothing can go");
  });

  it.each([
    ["failed" as const, "Nothing freed: 0 of 2 images removed, 2 failed."],
    ["gone" as const, "Nothing freed: 0 of 2 images removed, 2 already gone."],
    ["removed" as const, "Freed 200 MiB: 2 of 2 images removed."],
  ])("opens with what came of the removals: %s", (outcome, expected) => {
    const images = [1, 2].map((number) => buildRemoval(number, ["age"], { outcome }));
    expect(renderRun(buildReport({ mode: "run", images }), { ...plain, width: undefined })[0]).toBe(expected);
  });

  it("counts what the plan said where others' pulls outweighed the removals", () => {
    const images = [buildRemoval(1, ["age"], { outcome: "removed" })];
    const usage = {
      ...buildReport().usage,
      beforeBytes: 200 * MiB,
      plannedFreedBytes: 100 * MiB,
      measuredFreedBytes: -MiB,
      afterBytes: 201 * MiB,
    };
    const lines = renderRun(buildReport({ mode: "run", images, usage }), { ...plain, width: undefined });
    expect(lines[0]).toBe("Freed 100 MiB: 1 of 1 image removed.");
    expect(lines).toContain("  freed     100 MiB planned, -1 MiB by the engine's own figures");
  });

  it("says one failure of many images once", () => {
    const failures = Array.from({ length: 9 }, (_, index) =>
      buildRemoval(index, ["age"], { outcome: "failed", outcomeDetail: "no space left on device" }),
    );
    const text = renderRun(buildReport({ mode: "run", images: failures }), {
      ...plain,
      width: undefined,
    }).join("\n");
    expect(text.match(/no space left on device/g)).toHaveLength(1);
    expect(text).toContain("failed app:0, app:1, app:2, app:3, app:4 and 4 more: no space left on device");
  });

  it.each([
    [[hour], "  1 image that could not be removed is tried again at 2026-01-31 11:00 UTC."],
    [[hour, hour + 9], "  2 images that could not be removed are tried again at 2026-01-31 11:00 UTC."],
    [[day, hour], "  2 images that could not be removed are tried again from 2026-01-31 11:00 UTC on."],
  ])("sums up images that failed before (%j)", (waits, expected) => {
    const images = [
      ...waits.map((wait, index) => buildKept(index, ["failed-before"], { retryAt: now + wait })),
      buildKept(9, ["in-use", "failed-before"], { retryAt: now + hour }),
    ];
    const lines = renderRun(buildReport({ mode: "run", images }), { ...plain, width: undefined });
    expect(lines.slice(-2)).toEqual(["Not removed", expected]);
  });

  it("writes a hostile name out instead of obeying it", () => {
    const image = { tags: ["evil\u001b[2K\u001b[1A\u202egnp\nGone: 0 images"] };
    const report = buildReport({ images: [buildRemoval(1, ["age"], { image })] });
    const row = renderRun(report, { ...plain, width: undefined }).find((line) => line.includes("evil"));
    expect(row).toContain("evil\\x1b[2K\\x1b[1A\\u202egnp Gone: 0 images");
  });
});

/** Rows between a table's header and the blank line behind it. */
function countRows(lines: readonly string[]): number {
  let rows = 0;
  let isInTable = false;
  for (const line of lines) {
    if (isInTable && line !== "") rows += 1;
    if (line === "") isInTable = false;
    if (line.startsWith("  IMAGE")) isInTable = true;
  }
  return rows;
}

function withoutColor(text: string): string {
  return text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g"), "");
}
