import { describe, expect, it } from "vitest";
import { isJournal, prefixFor } from "../../../src/cli/journal.js";
import { span } from "../../../src/report/layout/line.js";
import { renderQuiet } from "../../support/render-quiet.js";
import { plainPalette } from "../../../src/report/layout/palette.js";
import { buildReport, now } from "../../support/build-report.js";
import { renderRun } from "../../support/render-run.js";
import { scenarios } from "../../support/scenarios.js";

const files = { stdout: "8:1", stderr: "8:2" } as const;
const service = (journal: string) => ({
  env: { JOURNAL_STREAM: journal },
  fileOf: (stream: "stdout" | "stderr") => files[stream],
});

describe("the journal is recognised", () => {
  it.each([
    ["8:2", true],
    ["8:1", false],
    ["8:22", false],
    ["", false],
  ])("on stderr when the variable says %s: %s", (journal, expected) => {
    expect(isJournal("stderr", service(journal))).toBe(expected);
  });

  it("never behind a closed stream", () => {
    expect(isJournal("stderr", { ...service("8:2"), fileOf: () => null })).toBe(false);
    expect(isJournal("stderr", { env: {}, fileOf: () => null })).toBe(false);
  });
});

describe("a line for the journal", () => {
  const prefix = prefixFor("stderr", service("8:2"));
  it.each([
    ["alarm", "<3>"],
    ["caution", "<4>"],
    ["faint", ""],
    [null, ""],
  ] as const)("of tone %s begins with %j", (tone, expected) => {
    expect(prefix([span("some "), span("text", tone)])).toBe(expected);
  });

  it("has no priority anywhere else", () => {
    expect(prefixFor("stdout", service("8:2"))([span("text", "alarm")])).toBe("");
  });

  it("tells failures from warnings when quiet", () => {
    expect(renderQuiet(scenarios["unmet-quota"] ?? buildReport(), prefix)).toEqual([
      expect.stringMatching(/^<3>The quota of/),
    ]);
    expect(renderQuiet(buildReport({ warnings: ["something"] }), prefix)).toEqual(["<4>Warning: something"]);
  });

  it("is one of the report as well", () => {
    const report = buildReport({ warnings: ["something"] });
    const options = { width: undefined, color: plainPalette, verbosity: "normal", now } as const;
    const lines = renderRun(report, { ...options, prefix });
    expect(lines).toContain("<4>Warning: something");
    expect(lines.map((line) => line.replace(/^<\d>/, ""))).toEqual(renderRun(report, options));
  });
});
