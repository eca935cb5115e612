import { describe, expect, it } from "vitest";
import type { RemovalEntry } from "../../../../src/core/results/history.js";
import { pastOf } from "../../../../src/core/results/past.js";
import { pullLines } from "../../../../src/report/documents/pull-lines.js";
import { engine, imageId, moment, removal, run } from "../../../support/ledger/build-records.js";
import { hour } from "../../../support/build-report.js";

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
