import { describe, expect, it } from "vitest";
import type { Check } from "../../../../src/core/results/checkup.js";
import type { RunEntry } from "../../../../src/core/results/history.js";
import { checkCertificates } from "../../../../src/doctor/checks/certificates.js";
import { checkClock } from "../../../../src/doctor/checks/clock.js";
import { checkEvents, type EventMemory } from "../../../../src/doctor/checks/events.js";
import { checkRuns } from "../../../../src/doctor/checks/runs.js";
import { run } from "../../../support/ledger/build-records.js";

const [minute, hour, day] = [60_000, 3_600_000, 24 * 3_600_000];
const now = 1_769_853_600_000;

function told(checks: Check | readonly Check[]): string {
  return [checks]
    .flat()
    .map((check) => [check.state, check.found, "remedy" in check ? check.remedy : ""].join(" "))
    .join("\n");
}

/** Runs that came so far apart, the newest first, the last of them ended so long ago. */
function runsEvery(apart: number, ago: number, changes: Partial<RunEntry> = {}, count = 10): RunEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const at = now - ago - index * apart;
    const observation = { from: at - apart, to: at, events: 3, gap: null, observedMs: at };
    return run({ startedAt: at, finishedAt: at, exitCode: 0, observation, removals: [], ...changes });
  });
}

const full: EventMemory = { limit: 256, buffered: 256, oldestAt: now - 10 * minute, now };

describe("what the engine remembers of events", () => {
  it.each<[string, EventMemory, readonly RunEntry[], RegExp]>([
    [
      "lasts from run to run",
      full,
      runsEvery(5 * minute, minute),
      /^good .* go back 10m, and runs come 5m apart/,
    ],
    [
      "is forgotten before the next run",
      full,
      runsEvery(hour, minute),
      /^problem .* go back 10m, and runs come 1h apart .*--linger/,
    ],
    [
      "has lost nothing yet",
      { ...full, buffered: 40 },
      runsEvery(hour, minute),
      /^good .* remembers 40 events.*forgotten none/,
    ],
    ["is told without runs, too", full, [], /^good .* go back 10m $/],
    ["is nothing yet", { ...full, buffered: 0, oldestAt: null }, [], /^skipped .* no event since it started/],
    ["is a log", { ...full, limit: null }, runsEvery(hour, minute), /^good .* keeps a log/],
  ])("%s", (_, memory, runs, expected) => {
    expect(told(checkEvents(memory, runs))).toMatch(expected);
  });

  it("is a problem where runs came too late, though it is long right now", () => {
    const gap = { from: now - day, to: now - day + hour, cause: "overflow" } as const;
    const late = runsEvery(5 * minute, minute).map((each, index) =>
      index % 3 === 0 ? { ...each, observation: { ...each.observation, gap } } : each,
    );
    expect(told(checkEvents(full, late))).toMatch(
      /^problem 4 of the last 10 runs came when .* forgotten events/,
    );
  });
});

describe("two clocks", () => {
  it.each<[string, number, RegExp]>([
    ["agree", 0, /^good/],
    ["agree as well as an answer can tell", 9_000, /^good/],
    ["are apart where the engine's is ahead", 5 * minute, /^problem .* 5m ahead of .*timedatectl/],
    ["are apart where the engine's is behind", -2 * hour, /^problem .* 2h behind/],
  ])("%s", (_, ahead, expected) => {
    const clocks = { engineAtLeast: now + ahead, engineAtMost: now + ahead, host: now };
    expect(told(checkClock(clocks))).toMatch(expected);
  });
});

describe("a certificate", () => {
  it.each<[string, number, number, RegExp]>([
    ["is good for long", now - day, now + 365 * day, /^good cert.pem is good until 2027-01-31/],
    ["ends soon", now - day, now + 12 * day, /^problem cert.pem ends in 12d, on 2026-02-12 renew/],
    ["has ended", now - 20 * day, now - day, /^problem cert.pem ended on 2026-01-30 renew/],
    ["is not valid yet", now + day, now + 100 * day, /^problem cert.pem is not valid yet check the clocks/],
  ])("%s", (_, beginsAt, endsAt, expected) => {
    expect(told(checkCertificates([{ kind: "read", what: "cert.pem", beginsAt, endsAt }], now))).toMatch(
      expected,
    );
  });

  it("that cannot be read is a problem", () => {
    const lives = [{ kind: "unreadable", what: "cert.pem", reason: "no PEM" }] as const;
    expect(told(checkCertificates(lives, now))).toMatch(/^problem cert.pem cannot be read: no PEM/);
  });
});

describe("past runs", () => {
  it.each<[string, readonly RunEntry[], RegExp]>([
    [
      "come and come through",
      runsEvery(5 * minute, minute),
      /^good the last run ended 1m ago with exit code 0/,
    ],
    ["may leave a limit unmet", runsEvery(5 * minute, minute, { exitCode: 6 }), /^good .* exit code 6/],
    ["fail", runsEvery(5 * minute, minute, { exitCode: 5 }), /^problem .* exit code 5 run docker-gc by hand/],
    [
      "have ceased",
      runsEvery(5 * minute, 2 * day),
      /^problem .* ended 2d ago .* came 5m apart .*list-timers/,
    ],
    ["are late, and not missing", runsEvery(5 * minute, 50 * minute), /^good/],
    ["of a person come when they come", runsEvery(day, 3 * day, {}, 2), /^good/],
    ["are not there", [], /^skipped/],
  ])("%s", (_, runs, expected) => {
    expect(told(checkRuns(runs, now))).toMatch(expected);
  });
});
