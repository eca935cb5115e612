import { expect, it } from "vitest";
import type { RemovalEntry } from "../../../../src/core/results/history.js";
import { pastOf } from "../../../../src/core/results/past.js";
import { plainPalette } from "../../../../src/report/layout/palette.js";
import { historyDocument } from "../../../../src/report/documents/history.js";
import { toText } from "../../../../src/report/formats/text.js";
import { engine, moment, removal, run } from "../../../support/ledger/build-records.js";
import { hour, MiB } from "../../../support/build-report.js";

const everything = { since: null, until: null, patterns: null };

const pastsOf = (...removals: readonly RemovalEntry[]) => [
  pastOf({ engine, runs: [run({ removals, finishedAt: moment, exitCode: 0 })] }, everything),
];

const digest = `sha256:${"ab".repeat(32)}`;

function historyLines(entry: RemovalEntry): string[] {
  const asked = { since: null, until: null, patterns: [] };
  const document = historyDocument(pastsOf(entry), { limit: null, runs: "all", asked });
  return toText(document, { width: undefined, color: plainPalette });
}

it("history lists a removal under every name that went, one below the other", () => {
  const names = ["shop/web:41", "shop/web:latest", `shop/web@${digest}`, `mirror/web@${digest}`];
  const lines = historyLines(removal({ names }));
  expect(lines.slice(-3).map((line) => line.trimEnd())).toEqual([
    expect.stringMatching(/ shop\/web:41 .* removed /),
    expect.stringMatching(/^ +shop\/web:latest$/),
    expect.stringMatching(/^ +mirror\/web@sha256:(ab){6}$/),
  ]);
});

it("history says when a removed image was there again", () => {
  const back = removal({ returned: { at: moment + 3 * hour, bytes: 412 * MiB } });
  expect(historyLines(back).join("\n")).toContain("idle too long; came back 3h later, 412 MiB");
});
