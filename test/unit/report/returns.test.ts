import { describe, expect, it } from "vitest";
import { regretOf, type RemovedShare } from "../../../src/core/results/regret.js";
import type { RemovalEntry } from "../../../src/core/results/history.js";
import { pastOf } from "../../../src/core/results/past.js";
import { plainPalette } from "../../../src/report/layout/palette.js";
import { historyDocument } from "../../../src/report/documents/history.js";
import { toText } from "../../../src/report/formats/text.js";
import { pullLines } from "../../../src/report/documents/pull-lines.js";
import { regretWarning } from "../../../src/report/wording/regret-text.js";
import { engine, imageId, moment, removal, run } from "../../support/ledger/build-records.js";
import { GiB, hour, MiB } from "../../support/build-report.js";

const everything = { since: null, until: null, patterns: null };
const pastsOf = (...removals: readonly RemovalEntry[]) => [
  pastOf({ engine, runs: [run({ removals, finishedAt: moment, exitCode: 0 })] }, everything),
];
const digest = `sha256:${"ab".repeat(32)}`;

describe("history --pull", () => {
  it.each<readonly [string, readonly string[], string]>([
    ["by its digest", ["shop/web:41", `shop/web@${digest}`], `docker pull shop/web@${digest} # shop/web:41`],
    [
      "of its own repository",
      ["b/x:1", `a/x@${digest}`, `b/x@${digest}`],
      `docker pull b/x@${digest} # b/x:1`,
    ],
    ["that had no tag", [`shop/web@${digest}`], `docker pull shop/web@${digest}`],
    ["that no registry has", ["local:1"], "# local:1: no registry is known to have it"],
    ["of a name that is a command", ["a:1", `a;reboot@${digest}`], "# a:1: no registry is known to have it"],
    ["of a name with a line in it", ["a\nreboot:1"], "# a reboot:1: no registry is known to have it"],
  ])("brings back an image %s", (_, names, line) => {
    expect(pullLines(pastsOf(removal({ names })))).toEqual([line]);
  });

  it("leaves out what stayed, what is back, and what is told already", () => {
    const names = [`shop/web@${digest}`];
    const returned = { at: moment + hour, bytes: 1 };
    const removals = [
      removal({ imageId: imageId(1), names, outcome: "failed" }),
      removal({ imageId: imageId(2), names }),
      removal({ imageId: imageId(3), names }),
      removal({ imageId: imageId(2), names, at: moment + hour, returned }),
      removal({ imageId: imageId(3), names, at: moment + hour }),
    ];
    expect(pullLines(pastsOf(...removals))).toHaveLength(1);
  });
});

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

describe("status", () => {
  const web: RemovedShare = {
    reason: "quota",
    repository: "docker.io/shop/web",
    bytes: 8 * GiB,
    returnedBytes: 2 * GiB,
  };
  const other: RemovedShare = {
    reason: "age",
    repository: "docker.io/other",
    bytes: 2 * GiB,
    returnedBytes: 0,
  };
  const warned = (...shares: readonly RemovedShare[]) => regretWarning(regretOf(shares));

  it("warns where more than a tenth of what was removed came back, and says what would help", () => {
    expect(warned(other, web)).toBe(
      "Of 10 GiB removed in the last 7 days, 2 GiB (20 %) came back: raise --quota, or keep what comes back " +
        "(--keep 'docker.io/shop/web:*').",
    );
    expect(warned({ ...other, returnedBytes: GiB })).toContain("raise --max-age");
    expect(warned({ ...web, repository: "" })).toMatch(/raise --quota\.$/);
  });

  it("says nothing of less, and of nothing", () => {
    expect(warned(other, { ...web, returnedBytes: GiB })).toBeNull();
    expect(warned()).toBeNull();
  });
});
