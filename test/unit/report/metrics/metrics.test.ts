import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { removeReasons } from "../../../../src/core/policy/removal.js";
import { keepReasons } from "../../../../src/core/rules/keep-rules.js";
import type { Totals } from "../../../../src/core/results/totals.js";
import { lastSuccessIn, renderMetrics, type FinishedRun } from "../../../../src/report/metrics/metrics.js";
import { projectRoot } from "../../../support/project.js";
import {
  buildKept,
  buildPolicy,
  buildRemoval,
  buildReport,
  day,
  GiB,
  MiB,
  now,
} from "../../../support/build-report.js";

const totals: Totals = {
  runs: new Map([
    [0, 40],
    [3, 2],
  ]),
  outcomes: new Map([
    ["removed", 12],
    ["failed", 3],
  ]),
  removedImages: new Map([
    ["age", 9],
    ["quota", 3],
  ]),
  freedBytes: new Map([
    ["age", 9 * GiB],
    ["quota", 3 * GiB],
  ]),
  returnedImages: new Map([["quota", 2]]),
  returnedBytes: new Map([["quota", GiB]]),
  unwrittenMetrics: 2,
  lastSuccessAt: now,
};

const report = buildReport({
  mode: "run",
  policy: buildPolicy({ quotaBytes: 2 * GiB, quotaTargetBytes: GiB, minFreeBytes: 5 * GiB }),
  images: [
    buildRemoval(1, ["age"], { outcome: "removed" }),
    buildRemoval(2, ["quota"], { outcome: "failed" }),
    buildKept(3, ["in-use", "recent"]),
    buildKept(4, ["within-limits"]),
    buildKept(5, ["within-limits"]),
  ],
  filesystem: {
    path: "/var/lib/docker",
    before: { totalBytes: 100 * GiB, freeBytes: 3 * GiB, totalInodes: 6000, freeInodes: 5000 },
    after: { totalBytes: 100 * GiB, freeBytes: 4 * GiB, totalInodes: 6000, freeInodes: 5100 },
  },
  unmetLimits: [
    { limit: "min-free", limitBytes: 5 * GiB, freeBytes: 4 * GiB, holders: [], inTheWay: [], inVain: null },
  ],
  observedShare: 0.975,
});

const metrics: FinishedRun = {
  version: "1.2.3",
  endedAt: now + 250,
  durationMs: 1500,
  exitCode: 6,
  totals,
  lastSuccessAt: now + 250,
  report,
};

/** Values by name and labels. */
function valuesOf(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)]),
  );
}

describe("the metrics of a run", () => {
  it("are as in the golden file", () => {
    const golden = readFileSync(join(projectRoot, "test/unit/report/metrics/golden/metrics.prom"), "utf8");
    // Reasons without an image are below.
    expect(renderMetrics(metrics).replace(/^docker_gc_images\{.*\} 0\n/gm, "")).toBe(golden);
  });

  it("have a number of images for every reason, 0 as well", () => {
    const values = valuesOf(renderMetrics(metrics));
    const names = [
      ...keepReasons.map((reason) => `docker_gc_images{verdict="keep",reason="${reason}"}`),
      ...removeReasons.map((reason) => `docker_gc_images{verdict="remove",reason="${reason}"}`),
    ];
    expect(Object.keys(values).filter((name) => name.startsWith("docker_gc_images{"))).toEqual(names);
    expect(values['docker_gc_images{verdict="keep",reason="within-limits"}']).toBe("2");
    expect(values['docker_gc_images{verdict="keep",reason="grace"}']).toBe("0");
  });

  it("have all that alerts are made from, when the engine could not be reached", () => {
    const failed = valuesOf(
      renderMetrics({ ...metrics, exitCode: 4, lastSuccessAt: now - day, report: null }),
    );
    expect(failed).toMatchObject({
      docker_gc_last_run_exit_code: "4",
      docker_gc_last_success_timestamp_seconds: String((now - day) / 1000),
      'docker_gc_runs_total{exit_code="4"}': "0",
      'docker_gc_removals_total{outcome="failed"}': "3",
    });
    // What is not known now is left out, and not told from memory.
    expect(Object.keys(failed).filter((name) => name.includes("image_bytes"))).toEqual([]);
  });

  it("say that there was no success where there was none, also without a ledger", () => {
    const values = valuesOf(renderMetrics({ ...metrics, totals: null, lastSuccessAt: null, report: null }));
    expect(values).toMatchObject({ docker_gc_last_success_timestamp_seconds: "0" });
    expect(Object.keys(values).filter((name) => name.includes("_total"))).toEqual([]);
  });

  it("leave out what is off, and what nobody measured", () => {
    const idle = buildReport({ policy: buildPolicy({ maxAgeMs: null }), observedShare: null });
    const names = Object.keys(valuesOf(renderMetrics({ ...metrics, report: idle })));
    for (const name of [
      "max_age_seconds",
      "quota_bytes",
      "min_free_bytes",
      "filesystem_free_bytes",
      "observed_ratio",
    ]) {
      expect(names).not.toContain(`docker_gc_${name}`);
    }
  });

  it("name no image, however many there are", () => {
    const images = Array.from({ length: 300 }, (_, number) =>
      buildKept(number, ["recent"], { image: { sizeBytes: MiB } }),
    );
    const lines = renderMetrics({ ...metrics, report: buildReport({ images }) }).split("\n");
    expect(lines.length).toBeLessThan(150);
    expect(lines.filter((line) => line.includes("app:"))).toEqual([]);
  });

  it("let an engine's text neither end its quotes nor begin a line", () => {
    const hostile = buildReport();
    const name = 'a"} 1\nup 1\\';
    const text = renderMetrics({ ...metrics, report: { ...hostile, engine: { ...hostile.engine, name } } });
    expect(text.split("\n").filter((line) => line.startsWith("up"))).toEqual([]);
    expect(text).toContain(String.raw`name="a\"} 1\nup 1\\"`);
  });

  it("are read back for the last success", () => {
    expect(lastSuccessIn(renderMetrics(metrics))).toBe(now + 250);
    expect(lastSuccessIn(renderMetrics({ ...metrics, lastSuccessAt: null }))).toBeNull();
    for (const text of ["", "docker_gc_last_success_timestamp_seconds banana\n"])
      expect(lastSuccessIn(text)).toBeNull();
  });
});
