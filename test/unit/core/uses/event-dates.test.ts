import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../../src/core/uses/event.js";
import { eventTime } from "../../../../src/core/uses/event.js";
import { EventDates } from "../../../../src/core/uses/event-dates.js";
import { event } from "../../../support/values.js";

const minute = 60_000;
const since = 100 * minute;
const now = 200 * minute;

function used(at: number, type = "container"): EngineEvent {
  return event(at, type, "start", "one");
}

/** The times that these events get, in minutes, in the order in which they were written. */
function dated(...events: readonly EngineEvent[]): number[] {
  const dates = new EventDates(since, now);
  return events.map((each) => eventTime(dates.date(each)) / minute);
}

describe("an event that came after a checkpoint", () => {
  it("happened when its stamp says, as long as the stamps go on", () => {
    expect(dated(used(101 * minute), used(101 * minute), used(150 * minute))).toEqual([101, 101, 150]);
  });

  it("and is stamped before it happened just now, for all one knows", () => {
    expect(dated(used(97 * minute), used(120 * minute))).toEqual([200, 120]);
  });

  it("and is stamped before an earlier one as well", () => {
    expect(dated(used(150 * minute), used(120 * minute), used(160 * minute))).toEqual([150, 200, 160]);
  });

  it("and was written a moment behind a later one is no older than that", () => {
    expect(dated(used(150 * minute), used(150 * minute - 900), used(since - 1000))).toEqual([150, 150, 200]);
    expect(dated(used(since - 1000))).toEqual([100]);
  });

  it("keeps a stamp of the future, which says nothing of those behind it", () => {
    expect(dated(used(900 * minute), used(150 * minute))).toEqual([900, 150]);
  });

  it.each(["network", "node", "service", "secret", "config"])(
    "is not measured by a swarm's, which may be stamped by another clock: %s",
    (type) => {
      expect(dated(used(190 * minute, type), used(150 * minute))).toEqual([190, 150]);
    },
  );
});
