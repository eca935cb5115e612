import { expect, it } from "vitest";
import type { Observation } from "../../../../src/core/uses/observation.js";
import { eventHeadroom } from "../../../../src/core/uses/event-headroom.js";

function observed(events: number): Observation {
  return { from: 0, to: 0, events, gap: null, observedMs: 0 };
}

it.each([
  ["leaves others a quarter of the buffer, and the anchor its place", 0, 256, 191],
  ["takes off what is in it and not in the ledger", 100, 256, 91],
  ["is nothing where the buffer is full", 256, 256, 0],
  ["is little in a log, which lasts", 10_000, null, 64],
])("%s", (_, events, limit, spare) => {
  expect(eventHeadroom(observed(events), limit)).toBe(spare);
});
