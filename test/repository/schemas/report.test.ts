import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toJson } from "../../../src/report/formats/json.js";
import { runJson } from "../../../src/report/json/report.js";
import type { RunReport } from "../../../src/core/results/run-report.js";
import { buildReport } from "../../support/build-report.js";
import { scenarios } from "../../support/scenarios.js";
import { temporaryFolder } from "../../support/temporary-folder.js";
import type { PracticeHost } from "../../program/transcripts/host.js";
import { weekOfBuilds } from "../../program/transcripts/week.js";
import { problemsOf, type DocumentKind } from "../schema-documents.js";

const renderJson = (report: RunReport, exitCode: number) => toJson(runJson(report, exitCode));

describe("what docker-gc prints as JSON is as the published schema says", () => {
  it.each<[string, DocumentKind, readonly string[]]>([
    ["a dry run", "run", ["--dry-run", "--quota=2.75G", "--min-free=10%"]],
    [
      "status",
      "status",
      ["status", "--quota=1G", "--min-free=95%", "--min-free-inodes=95%", "--keep=none:*"],
    ],
    ["status without limits", "status", ["status", "--max-age=off"]],
    ["explain: goes, stays, due", "explain", ["explain", "redis:7", "shop/web:2", "node:20"]],
    ["explain: in line", "explain", ["explain", "mysql:8", "alpine:3", "--max-age=off", "--quota=1T"]],
    ["explain: no limit", "explain", ["explain", "mysql:8", "--max-age=off"]],
    ["explain: deferred", "explain", ["explain", "mysql:8", "--max-age=1d", "--max-removals=1"]],
    ["explain: removed", "explain", ["explain", "**", "--quota=2.75G"]],
    ["history", "history", ["history"]],
    ["what-if", "what-if", ["what-if"]],
    ["what-if of a range", "what-if", ["what-if", "--quota=100M..3G"]],
    ["config", "settings", ["config"]],
  ])("%s", async (name, kind, argv) => {
    const host = await weekOfBuilds();
    if (["history", "what-if"].includes(kind) || name === "explain: removed")
      await host.command(["--quota=2.75G"]);
    const { exitCode, stdout } = await host.command([...argv, "--output=json"]);
    expect(exitCode).toBe(0);
    expect(problemsOf(stdout, kind)).toEqual([]);
  });

  it("a share of all images that is too large", async () => {
    const host = await weekOfBuilds();
    const argv = ["--quota=1K", "--max-removed-share=10%", "--output=json"];
    for (const kind of ["run", "status"] as const) {
      const { exitCode, stdout } = await host.command([kind, ...argv]);
      expect([exitCode, problemsOf(stdout, kind)]).toEqual([kind === "run" ? 6 : 0, []]);
      expect(stdout).toContain('"limitPercent": 10');
    }
  });

  it("status and history before the first run", async () => {
    const host = await weekOfBuilds();
    const ledger = "--ledger=/nowhere/ledger.db";
    const status = await host.command(["status", ledger, "--output=json"]);
    const history = await host.command(["history", ledger, "--output=json"]);
    expect(problemsOf(status.stdout, "status")).toEqual([]);
    expect(problemsOf(history.stdout, "history")).toEqual([]);
  });

  it.each([
    ["into a new ledger", ["--ledger", "NEW"], ["known", "no-use", "taken"]],
    ["into one that knows the engine, in a dry run", ["--dry-run"], ["known", "later", "no-use"]],
  ])("import %s", async (_, argv, outcomes) => {
    const host = await weekOfBuilds();
    const folder = temporaryFolder();
    const file = join(folder, "state.yml");
    writeFileSync(file, await stateOf(host));
    // So that no event tells of a use.
    host.engine.restart();
    const words = argv.map((word) => (word === "NEW" ? join(folder, "ledger.db") : word));
    const { exitCode, stdout } = await host.command(["import", file, ...words, "--output=json"]);
    expect(exitCode).toBe(0);
    expect(problemsOf(stdout, "import")).toEqual([]);
    const { images } = JSON.parse(stdout) as { readonly images: readonly { readonly outcome: string }[] };
    expect([...new Set(images.map(({ outcome }) => outcome))].sort()).toEqual(outcomes);
  });

  it.each(Object.entries(scenarios))("a run: %s", (_, report) => {
    expect(problemsOf(renderJson(report, 3), "run")).toEqual([]);
  });
});

describe("the schema", () => {
  it.each([
    [
      "a field that it does not know",
      (text: string) => text.replace('"schema": 1,', '"schema": 1, "more": 1,'),
    ],
    [
      "a verdict that it does not know",
      (text: string) => text.replace('"verdict": "keep"', '"verdict": "hide"'),
    ],
    ["a size that is negative", (text: string) => text.replace(/"sizeBytes": \d+/, '"sizeBytes": -1')],
    ["a field of an image that it does not know", (text: string) => text.replace('"refs"', '"x": 1, "refs"')],
  ])("refuses %s", (_, change) => {
    const text = renderJson(scenarios["dry-run"] ?? buildReport(), 0);
    expect(change(text)).not.toBe(text);
    expect(problemsOf(change(text), "run")).not.toEqual([]);
  });
});

/** What docuum would have written down of a host's images: one used a minute ago, one not used at all. */
async function stateOf(host: PracticeHost): Promise<string> {
  const { stdout } = await host.command(["--dry-run", "--output=json"]);
  const { startedAt, images } = JSON.parse(stdout) as Listed;
  const now = Math.floor(Date.parse(startedAt) / 1000);
  const entries = images.map(({ id, refs }) => {
    const nanos = refs.includes("alpine:3") ? 0 : 1;
    return `  "${id}": { last_used_since_epoch: { secs: ${now - 60}, nanos: ${nanos} } }\n`;
  });
  return `images:\n${entries.join("")}`;
}

interface Listed {
  readonly startedAt: string;
  readonly images: readonly { readonly id: string; readonly refs: readonly string[] }[];
}
