import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../src/core/checkpoint.js";
import { judgeContinuity, observedMsAt } from "../../src/core/continuity.js";
import type { EngineEvent } from "../../src/core/event.js";
import { EventWindow } from "../../src/core/event-window.js";
import type { Gap, Observation } from "../../src/core/observation.js";

const minute = 60_000;
const checkpointAt = 100 * minute;
const observedBefore = 50 * minute;

function eventAt(ms: number): EngineEvent {
  return {
    timeNano: BigInt(ms) * 1_000_000n,
    type: "container",
    action: "start",
    actorId: "a",
    attributes: {},
  };
}

const anchorEvent = eventAt(99 * minute);

interface Scene {
  /** Epoch milliseconds of the events in the buffer, the oldest first; "anchor" is the checkpoint's. */
  readonly buffer: readonly (number | "anchor")[];
  readonly anchor?: "there" | "none";
  readonly now?: number;
  /** By how much this host's clock that no one sets has gone on; the engine's time by default. */
  readonly steadyMs?: number;
  readonly boot?: string;
  readonly limit?: number | null;
}

function judged({ buffer, anchor = "there", now = 110 * minute, boot = "one", limit = 256, ...more }: Scene) {
  const { timeNano, type, action, actorId } = anchorEvent;
  const checkpoint: Checkpoint = {
    at: checkpointAt,
    anchor: anchor === "none" ? null : { timeNano, type, action, actorId },
    observedMs: observedBefore,
    steady: { bootId: "one", elapsedMs: 1000 * minute },
  };
  const window = new EventWindow(checkpoint.anchor);
  for (const at of buffer) window.push(at === "anchor" ? anchorEvent : eventAt(at));
  const steady = { bootId: boot, elapsedMs: 1000 * minute + (more.steadyMs ?? now - checkpointAt) };
  return judgeContinuity({ checkpoint, window, now, steady, bufferLimit: limit });
}

function full(from: number): number[] {
  return Array.from({ length: 256 }, (_, index) => from + index);
}

const unseen: readonly (readonly [string, Scene, Gap["cause"], counted: number])[] = [
  ["an empty buffer before, which shows nothing", { buffer: [], anchor: "none" }, "unknown", 0],
  [
    "a buffer that was empty before, from its first event on",
    { buffer: [105 * minute], anchor: "none" },
    "unknown",
    5,
  ],
  ["an overflow, from the oldest event on", { buffer: full(106 * minute) }, "overflow", 4],
  ["a restart, from the oldest event on", { buffer: [107 * minute] }, "restart", 3],
  ["a log without the anchor", { buffer: full(108 * minute), limit: null }, "unknown", 2],
  [
    "an anchor gone, and an older event there, which contradict each other",
    { buffer: [90 * minute] },
    "restart",
    0,
  ],
  ["an anchor gone, and an oldest event in the future", { buffer: [200 * minute] }, "restart", 0],
  [
    "a clock that was set back, with the anchor",
    { buffer: ["anchor"], now: 90 * minute, steadyMs: 5 * minute },
    "clock",
    0,
  ],
  [
    "a clock that was set back, without it",
    { buffer: [80 * minute], now: 90 * minute, steadyMs: 5 * minute },
    "clock",
    0,
  ],
  ["a clock that was set forward", { buffer: ["anchor"], steadyMs: 4 * minute }, "clock", 4],
  ["a steady clock that went back", { buffer: ["anchor"], steadyMs: -1 * minute }, "clock", 0],
];

describe("what is not known does not count, and is said to be a gap", () => {
  it.each(unseen)("after %s", (_, scene, cause, counted) => {
    const observation = judged(scene);
    expect(observation.gap?.cause).toBe(cause);
    expect(observation.observedMs).toBe(observedBefore + counted * minute);
    const { from, to } = observation.gap ?? { from: NaN, to: NaN };
    expect(from ?? NaN).toBeLessThanOrEqual(to);
  });

  it("before the first run", () => {
    const window = new EventWindow(null);
    window.push(eventAt(60 * minute));
    const steady = { bootId: "one", elapsedMs: 1000 * minute };
    const evidence = { checkpoint: null, window, now: 110 * minute, steady, bufferLimit: 256 };
    expect(judgeContinuity(evidence)).toMatchObject({
      from: 60 * minute,
      gap: { from: null, to: 60 * minute, cause: "first-run" },
      observedMs: 50 * minute,
    });
  });

  it("after a boot: no more than this host has been up", () => {
    const scene = { buffer: ["anchor"], boot: "two", steadyMs: 3 * minute - 1000 * minute } as const;
    expect(judged(scene)).toMatchObject({ observedMs: observedBefore + 3 * minute, gap: { cause: "clock" } });
  });
});

it("all that is behind the anchor counts, without a gap", () => {
  expect(judged({ buffer: [90 * minute, "anchor", 105 * minute] })).toEqual({
    from: checkpointAt,
    to: 110 * minute,
    events: 1,
    gap: null,
    observedMs: observedBefore + 10 * minute,
  });
});

describe("the observed clock at a moment inside an observation", () => {
  const observation = { from: 100, to: 200, events: 0, gap: null } as const;
  const at = (observed: number, moment: number) =>
    observedMsAt({ ...observation, observedMs: observed } satisfies Observation, 1000, moment);

  it("goes along with it where all of it counts", () => {
    expect(at(1100, 150)).toBe(1050);
  });

  it("is the later of two reckonings where only a part of it counts, which keeps images", () => {
    expect(at(1030, 120)).toBe(1020);
    expect(at(1030, 190)).toBe(1030);
    expect(at(1030, 200)).toBe(1030);
  });

  it("is never before the last observation, and never behind this one", () => {
    expect(at(1100, -500)).toBe(1000);
    expect(at(1100, 900)).toBe(1100);
  });
});
