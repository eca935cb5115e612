import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../../../src/core/uses/event.js";
import { EventWindow } from "../../../../src/core/uses/event-window.js";
import { event } from "../../../support/values.js";

const anchor: EngineEvent = event(5, "container", "start", "one");

/** The buffer of an engine, whose anchor was the start of container `one` at 5. */
function windowOf(...events: readonly EngineEvent[]): EventWindow {
  const window = new EventWindow(anchor);
  for (const each of events) window.push(each);
  return window;
}

describe("the place where the last observation ended", () => {
  it("is the anchor: what comes behind it is new", () => {
    const window = windowOf(event(4, "image", "tag", "x"), anchor, event(6, "image", "tag", "y"));
    expect(window).toMatchObject({ anchorFound: true, buffered: 3, events: 1 });
  });

  it("is not in a buffer without it: then all is new", () => {
    expect(windowOf(event(6, "image", "tag", "y"))).toMatchObject({ anchorFound: false, events: 1 });
  });

  it.each<[string, EngineEvent]>([
    ["time", event(6, "container", "start", "one")],
    ["time, by a nanosecond", { ...anchor, timeNano: anchor.timeNano + 1n }],
    ["type", event(5, "network", "start", "one")],
    ["action", event(5, "container", "die", "one")],
    ["actor", event(5, "container", "start", "two")],
  ])("is not an event of another %s", (_, other) => {
    expect(windowOf(other)).toMatchObject({ anchorFound: false, events: 1 });
  });

  it("is the last event in the buffer for the next time, by position and not by time", () => {
    const { nextAnchor } = windowOf(anchor, event(9, "image", "tag", "x"), event(7, "image", "untag", "y"));
    expect(nextAnchor).toEqual({ timeNano: 7_000_000n, type: "image", action: "untag", actorId: "y" });
    expect(windowOf().nextAnchor).toBeNull();
  });
});

it("a window begins with its first event, and knows the latest time in it", () => {
  const window = windowOf(
    event(6, "image", "tag", "x"),
    event(9, "image", "tag", "x"),
    event(3, "image", "tag", "x"),
  );
  expect(window).toMatchObject({ oldestAt: 6, latestAt: 9 });
  expect(windowOf()).toMatchObject({ oldestAt: null, latestAt: null });
});

it("a window knows the latest time behind the anchor", () => {
  expect(windowOf(event(9, "image", "tag", "x"), anchor).latestAtBehindAnchor).toBeNull();
  const window = windowOf(event(9, "image", "tag", "x"), anchor, event(7, "image", "tag", "x"));
  expect(window.latestAtBehindAnchor).toBe(7);
});

it("a window is not measured by a swarm's objects, whose events another host's clock may have stamped", () => {
  const window = windowOf(
    event(2, "node", "update", "n"),
    event(6, "image", "tag", "x"),
    event(9, "service", "create", "s"),
  );
  expect(window).toMatchObject({ oldestAt: 6, latestAt: 6, events: 3 });
});
