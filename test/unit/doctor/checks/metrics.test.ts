import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import { checkMetrics } from "../../../../src/doctor/checks/metrics.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

describe("the metrics file", () => {
  const inFolder = (text: string | null, name = "docker_gc.prom") => {
    const folder = temporaryFolder();
    const path = join(folder, name);
    if (text !== null) writeFileSync(path, text);
    return path;
  };
  const ours = "# HELP docker_gc_build_info The version of docker-gc; always 1.\n";

  it("need not be there", () => {
    expect(checksText(checkMetrics({ path: undefined, lastRunAt: null }))).toMatch(/^skipped/);
    expect(checksText(checkMetrics({ path: inFolder(null), lastRunAt: null }))).toMatch(
      /^good .* the first run makes it/,
    );
  });

  it.each<[string, () => string, RegExp]>([
    ["that node_exporter does not read", () => inFolder(null, "docker_gc.txt"), /ends in .prom/],
    ["in a folder that is not there", () => "/nowhere/at/all.prom", /cannot be written .* make its folder/],
    ["that is another program's", () => inFolder("up 1\n"), /is no metrics file of docker-gc/],
    ["that no run has left", () => inFolder(null), /is not there, and runs have ended .*ReadWritePaths/],
  ])("%s is a problem", (_, path, expected) => {
    const checks = checksText(checkMetrics({ path: path(), lastRunAt: Date.now() }));
    expect(checks).toMatch(/^problem/);
    expect(checks).toMatch(expected);
  });

  it("that is older than the last run is a problem, and any other is good", () => {
    const path = inFolder(ours);
    expect(checksText(checkMetrics({ path, lastRunAt: Date.now() }))).toMatch(/^good/);
    utimesSync(path, new Date(0), new Date(0));
    expect(checksText(checkMetrics({ path, lastRunAt: Date.now() }))).toMatch(
      /^problem .* older than the last run/,
    );
  });
});
