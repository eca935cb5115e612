import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Check } from "../../../../src/core/results/checkup.js";
import { checkCalls } from "../../../../src/doctor/checks/calls.js";
import { checkMetrics } from "../../../../src/doctor/checks/metrics.js";
import { checkPlan } from "../../../../src/doctor/checks/plan.js";
import { checkRights } from "../../../../src/doctor/checks/rights.js";
import { checkSchedule, type ScheduledRun } from "../../../../src/doctor/checks/schedule.js";
import { checkSpace } from "../../../../src/doctor/checks/space.js";
import { Failure } from "../../../../src/core/text/failure.js";
import { parsePattern } from "../../../../src/core/policy/patterns.js";
import { temporaryFolder } from "../../../support/temporary-folder.js";

const mebi = 1024 * 1024;

function told(checks: Check | readonly Check[]): string {
  return [checks]
    .flat()
    .map((check) => [check.state, check.found, "remedy" in check ? check.remedy : ""].join(" ").trim())
    .join("\n");
}

describe("the calls of the API", () => {
  it("are told one by one, with who can let them through", () => {
    const checks = checkCalls([
      { call: "GET /_ping", outcome: { kind: "answered" } },
      {
        call: "GET /events",
        outcome: { kind: "refused", status: 403, message: "Forbidden (HTTP status 403)" },
      },
      { call: "GET /services", outcome: { kind: "untried", because: "the engine manages no swarm" } },
      {
        call: "GET /system/df",
        outcome: { kind: "refused", status: 500, message: "broken (HTTP status 500)" },
      },
      { call: "GET /info", outcome: { kind: "failed", message: "The engine did not finish." } },
    ]);
    expect(checks.map(({ subject, state }) => [subject, state])).toEqual([
      ["GET /_ping", "good"],
      ["GET /events", "problem"],
      ["GET /services", "skipped"],
      ["GET /system/df", "problem"],
      ["GET /info", "problem"],
    ]);
    expect(told(checks)).toContain("GET /events is refused: Forbidden (HTTP status 403) let the proxy");
    expect(told(checks)).toContain("broken (HTTP status 500) look at the log");
  });
});

describe("the metrics file", () => {
  const inFolder = (text: string | null, name = "docker_gc.prom") => {
    const folder = temporaryFolder();
    const path = join(folder, name);
    if (text !== null) writeFileSync(path, text);
    return path;
  };
  const ours = "# HELP docker_gc_build_info The version of docker-gc; always 1.\n";

  it("need not be there", () => {
    expect(told(checkMetrics({ path: undefined, lastRunAt: null }))).toMatch(/^skipped/);
    expect(told(checkMetrics({ path: inFolder(null), lastRunAt: null }))).toMatch(
      /^good .* the first run makes it/,
    );
  });

  it.each<[string, () => string, RegExp]>([
    ["that node_exporter does not read", () => inFolder(null, "docker_gc.txt"), /ends in .prom/],
    ["in a folder that is not there", () => "/nowhere/at/all.prom", /cannot be written .* make its folder/],
    ["that is another program's", () => inFolder("up 1\n"), /is no metrics file of docker-gc/],
    ["that no run has left", () => inFolder(null), /is not there, and runs have ended .*ReadWritePaths/],
  ])("%s is a problem", (_, path, expected) => {
    const checks = told(checkMetrics({ path: path(), lastRunAt: Date.now() }));
    expect(checks).toMatch(/^problem/);
    expect(checks).toMatch(expected);
  });

  it("that is older than the last run is a problem, and any other is good", () => {
    const path = inFolder(ours);
    expect(told(checkMetrics({ path, lastRunAt: Date.now() }))).toMatch(/^good/);
    utimesSync(path, new Date(0), new Date(0));
    expect(told(checkMetrics({ path, lastRunAt: Date.now() }))).toMatch(
      /^problem .* older than the last run/,
    );
  });
});

describe("the disk of the ledger", () => {
  const measured = (changes: object) => () =>
    Promise.resolve({
      totalBytes: 100 * mebi,
      freeBytes: 90 * mebi,
      totalInodes: 1000,
      freeInodes: 900,
      ...changes,
    });

  it.each<[string, object, RegExp]>([
    ["has room", {}, /^good .* has 90 MiB free/],
    ["has little room", { freeBytes: 10 * mebi }, /^problem .* only 10 MiB free make room/],
    ["has no inodes", { freeInodes: 3 }, /^problem .* only 3 inodes left/],
    ["counts no inodes", { totalInodes: 0, freeInodes: 0 }, /^good/],
  ])("%s", async (_, changes, expected) => {
    const path = join(temporaryFolder(), "not/there/yet/ledger.db");
    expect(told(await checkSpace(path, measured(changes)))).toMatch(expected);
  });

  it("may be one that cannot be measured", async () => {
    expect(told(await checkSpace("/l.db", () => Promise.reject(new Error("EIO"))))).toMatch(/^skipped .*EIO/);
  });
});

describe("rights", () => {
  it("are a problem where everybody has them", () => {
    const socketPath = join(temporaryFolder(), "engine.sock");
    writeFileSync(socketPath, "");
    chmodSync(socketPath, 0o666);
    const endpoint = { kind: "unix", socketPath } as const;
    expect(told(checkRights({ uid: 0, endpoint, content: null }))).toMatch(/^problem anybody .* chmod o-rw/);
    chmodSync(socketPath, 0o660);
    expect(told(checkRights({ uid: 1000, endpoint, content: null }))).toBe(
      "good it works as user 1000, who may ask the engine",
    );
  });

  it("say what cannot be read", () => {
    const content = join(temporaryFolder(), "content");
    mkdirSync(content);
    const endpoint = { kind: "tcp", host: "h", port: 1, tls: null } as const;
    expect(told(checkRights({ uid: 1000, endpoint, content }))).toMatch(/^good .* is estimated/);
  });
});

describe("limits and rules", () => {
  const look = { images: 5, removals: 2, unmet: [], rules: 2, idleRules: [] };
  const plan = (changes: object) => ({ kind: "answered", value: { ...look, ...changes } }) as const;

  it("are good where a dry run comes through and every rule matches", () => {
    expect(told(checkPlan(plan({}), []))).toBe(
      "good of 5 images, 2 would go now\ngood every keep rule and pattern matches an image",
    );
  });

  it("are a problem where a rule matches nothing, each with its place", () => {
    const idleRules = [parsePattern("tpyo:*", "keep.txt:3"), parsePattern("gone", "--keep")];
    const checks = checkPlan(plan({ idleRules }), []);
    expect(checks.filter(({ name }) => name === "rule").map(({ subject }) => subject)).toEqual([
      "tpyo:*",
      "gone",
    ]);
    expect(told(checks)).toContain('problem keep.txt:3: "tpyo:*" matches no image mend');
  });

  it("are a problem where a limit cannot be met, or none is set, or it is refused", () => {
    expect(told(checkPlan(plan({ unmet: ["The quota of 1 GiB cannot be met"] }), []))).toMatch(
      /^problem The quota/,
    );
    const off = "Nothing to do: all limits are off; give --max-age, --quota or --min-free.";
    expect(told(checkPlan(plan({}), [off]))).toMatch(
      /^problem Nothing to do: all limits are off give --max-age/,
    );
    const failure = new Failure(
      "usage",
      "--min-free: it cannot be told; run docker-gc on the engine's host.",
    );
    expect(told(checkPlan({ kind: "failed", failure }, []))).toBe(
      "problem --min-free: it cannot be told run docker-gc on the engine's host",
    );
    expect(told(checkPlan(null, []))).toMatch(/^skipped/);
  });
});

describe("the schedule", () => {
  const age = { name: "max-age", text: "7d", origin: "default" };
  const own = [age, { name: "quota", text: "50G", origin: "config.yaml:1" }];
  const scheduled = (
    changes: object = {},
    settings: ScheduledRun["settings"] = { kind: "answered", value: own },
  ) => {
    const entry = {
      where: "docker-gc.timer",
      when: "*:0/5",
      words: [],
      env: {},
      state: "on",
      ...changes,
    } as const;
    return { entry, settings };
  };

  it.each<[string, readonly ScheduledRun[], RegExp]>([
    [
      "goes by what is seen here",
      [scheduled()],
      /^good docker-gc.timer \(\*:0\/5\) starts runs with max-age 7d, quota 50G$/,
    ],
    ["is off", [scheduled({ state: "off" })], /^problem .* systemctl enable --now docker-gc.timer/],
    [
      "ends with the next boot",
      [scheduled({ state: "until-boot" })],
      /^problem .* systemctl enable docker-gc.timer/,
    ],
    ["is not there", [], /^problem nothing starts runs here/],
    [
      "goes by other limits",
      [scheduled({}, { kind: "answered", value: [age, { name: "quota", text: "80G", origin: "--quota" }] })],
      /^problem .* other settings than this command: quota 80G \(--quota\) and not 50G \(config.yaml:1\)/,
    ],
    [
      "removes nothing",
      [scheduled({}, { kind: "answered", value: [...own, { name: "dry-run", text: "true", origin: "-n" }] })],
      /^problem .* remove nothing/,
    ],
    [
      "is refused",
      [scheduled({}, { kind: "failed", failure: new Failure("usage", "There is no option --qouta.") })],
      /^problem .* are refused: There is no option --qouta mend/,
    ],
  ])("%s", (_, runs, expected) => {
    expect(told(checkSchedule({ runs, own, hidden: null }))).toMatch(expected);
  });

  it("counts a timer that is off for nothing where something else starts runs", () => {
    const runs = [scheduled({ state: "off" }), scheduled({ where: "the crontab of root" })];
    expect(told(checkSchedule({ runs, own, hidden: null }))).toMatch(/^good the crontab of root/);
  });

  it("cannot be told from within a container", () => {
    expect(told(checkSchedule({ runs: [], own, hidden: "this is a container" }))).toBe(
      "skipped this is a container",
    );
  });
});
