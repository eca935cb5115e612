import { describe, expect, it } from "vitest";
import { checksText } from "../../../support/checks-text.js";
import type { RunEntry } from "../../../../src/core/results/history.js";
import { checkEvents, type EventMemory } from "../../../../src/doctor/checks/events.js";
import { runsEvery } from "../../../support/runs-every.js";

const [minute, hour, day] = [60_000, 3_600_000, 24 * 3_600_000];

const now = 1_769_853_600_000;

const full: EventMemory = { limit: 256, buffered: 256, oldestAt: now - 10 * minute, now };

describe("what the engine remembers of events", () => {
  it.each<[string, EventMemory, readonly RunEntry[], RegExp]>([
    [
      "lasts from run to run",
      full,
      runsEvery(5 * minute, minute, now),
      /^good .* go back 10m, and runs come 5m apart/,
    ],
    [
      "is forgotten before the next run",
      full,
      runsEvery(hour, minute, now),
      /^problem .* go back 10m, and runs come 1h apart .*--linger/,
    ],
    [
      "has lost nothing yet",
      { ...full, buffered: 40 },
      runsEvery(hour, minute, now),
      /^good .* remembers 40 events.*forgotten none/,
    ],
    ["is told without runs, too", full, [], /^good .* go back 10m$/],
    ["is nothing yet", { ...full, buffered: 0, oldestAt: null }, [], /^skipped .* no event since it started/],
    ["is a log", { ...full, limit: null }, runsEvery(hour, minute, now), /^good .* keeps a log/],
  ])("%s", (_, memory, runs, expected) => {
    expect(checksText(checkEvents(memory, runs))).toMatch(expected);
  });

  it("is a problem where runs came too late, though it is long right now", () => {
    const gap = { from: now - day, to: now - day + hour, cause: "overflow" } as const;
    const late = runsEvery(5 * minute, minute, now).map((each, index) =>
      index % 3 === 0 ? { ...each, observation: { ...each.observation, gap } } : each,
    );
    expect(checksText(checkEvents(full, late))).toMatch(
      /^problem 4 of the last 10 runs came after .* forgotten events/,
    );
  });
});
