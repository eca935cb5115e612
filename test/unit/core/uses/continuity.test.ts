import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../../../src/core/uses/checkpoint.js";
import { awakeMsAt, judgeContinuity, observedMsAt } from "../../../../src/core/uses/continuity.js";
import type { EngineEvent } from "../../../../src/core/uses/event.js";
import { EventWindow } from "../../../../src/core/uses/event-window.js";
import type { Gap, Observation } from "../../../../src/core/uses/observation.js";

const minute = 60_000;
const checkpointAt = 100 * minute;
const observedBefore = 50 * minute;
const awakeBefore = 80 * minute;

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
    awakeMs: awakeBefore,
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

  it.each([
    ["with the anchor", ["anchor"] as const],
    ["with the anchor and news behind it", ["anchor", checkpointAt - 5] as const],
  ])("not where a reading lags a little behind the one before, %s", (_, buffer) => {
    const observation = judged({ buffer, now: checkpointAt - 30, steadyMs: 20 });
    expect(observation).toMatchObject({
      gap: null,
      from: checkpointAt,
      to: checkpointAt,
      observedMs: observedBefore,
    });
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

  it("after a boot: no more than this host has been up, which says nothing of the engine's clock", () => {
    const scene = { buffer: ["anchor"], boot: "two", steadyMs: 3 * minute - 1000 * minute } as const;
    expect(judged(scene)).toMatchObject({ observedMs: observedBefore + 3 * minute, gap: { cause: "host" } });
  });
});

/** Our host was up for a minute when it looked, and it is the first look of this boot. */
const freshBoot = { boot: "two", steadyMs: minute - 1000 * minute } as const;

describe("an anchor that is found after a boot of ours is another host's, whose stamps count", () => {
  it("up to the last of them, and from there on as long as we are up", () => {
    expect(judged({ buffer: ["anchor", 104 * minute], ...freshBoot })).toMatchObject({
      observedMs: observedBefore + 5 * minute,
      awakeMs: awakeBefore + 5 * minute,
      gap: { from: checkpointAt, to: 105 * minute, cause: "host" },
    });
    expect(judged({ buffer: ["anchor", 109.5 * minute], ...freshBoot })).toMatchObject({
      observedMs: observedBefore + 10 * minute,
      gap: null,
    });
  });

  it.each([
    ["in a log, which outlives a boot", { buffer: ["anchor", 109.5 * minute], limit: null }],
    ["where a stamp is ahead of the engine's clock", { buffer: ["anchor", 500 * minute] }],
    ["where all are older than the anchor", { buffer: ["anchor", 90 * minute] }],
    ["where the anchor is gone", { buffer: [109.5 * minute] }],
  ] as const)("but not %s", (_, scene: Scene) => {
    expect(judged({ ...scene, ...freshBoot }).observedMs).toBeLessThanOrEqual(observedBefore + minute);
  });
});

it("another boot ID alone makes no more time count", () => {
  for (const steadyMs of [0, minute, 5 * minute]) {
    const step = { buffer: ["anchor"], now: 9000 * minute, steadyMs } as const;
    for (const boot of ["one", "two"])
      expect(judged({ ...step, boot })).toMatchObject({
        observedMs: observedBefore + steadyMs,
        awakeMs: awakeBefore + steadyMs,
      });
  }
});

describe("a clock that was set back", () => {
  it("hides what was stamped before, for as long as the step: that is told of, and all before counts", () => {
    expect(judged({ buffer: ["anchor", 105 * minute], steadyMs: 17 * minute })).toMatchObject({
      observedMs: observedBefore + 10 * minute,
      awakeMs: awakeBefore + 17 * minute,
      gap: { from: 103 * minute, to: 110 * minute, cause: "clock" },
    });
  });

  it("behind the checkpoint hides no more than all that has passed", () => {
    expect(judged({ buffer: [], now: 3 * minute, steadyMs: 5 * minute })).toMatchObject({
      observedMs: observedBefore,
      awakeMs: awakeBefore + 5 * minute,
      gap: { from: -2 * minute, to: 3 * minute, cause: "clock" },
    });
  });

  it("leaves nothing covered where the anchor is gone as well", () => {
    expect(judged({ buffer: full(106 * minute), steadyMs: 17 * minute })).toMatchObject({
      from: 110 * minute,
      observedMs: observedBefore,
      gap: { cause: "overflow", to: 110 * minute },
    });
  });
});

describe("a host that slept in a stretch that begins with the oldest event", () => {
  it("counts what was no sleep: all of it may have been in this stretch", () => {
    // 4 of 10 minutes.
    expect(judged({ buffer: full(102 * minute), steadyMs: 4 * minute })).toMatchObject({
      observedMs: observedBefore + 2 * minute,
      awakeMs: awakeBefore + 4 * minute,
      gap: { cause: "overflow" },
    });
    expect(judged({ buffer: full(108 * minute), steadyMs: 4 * minute }).observedMs).toBe(observedBefore);
  });

  it("counts no more than an hour of what the first run finds, and no more than the host is up", () => {
    const window = new EventWindow(null);
    window.push(eventAt(60 * minute));
    const counted = (now: number, elapsedMs: number) =>
      judgeContinuity({
        checkpoint: null,
        window,
        now,
        steady: { bootId: "one", elapsedMs },
        bufferLimit: 256,
      });
    expect(counted(110 * minute, 1000 * minute)).toMatchObject({
      observedMs: 50 * minute,
      awakeMs: 110 * minute,
    });
    expect(counted(900 * minute, 1000 * minute)).toMatchObject({
      from: 60 * minute,
      observedMs: 60 * minute,
      awakeMs: 900 * minute,
    });
    expect(counted(110 * minute, 7 * minute).observedMs).toBe(7 * minute);
  });

  it("counts no more than an hour after a boot either", () => {
    const restarted = { buffer: [200 * minute], now: 900 * minute, boot: "two" } as const;
    expect(judged({ ...restarted, steadyMs: -850 * minute }).observedMs).toBe(observedBefore + 60 * minute);
    expect(judged({ ...restarted, steadyMs: -995 * minute }).observedMs).toBe(observedBefore + 5 * minute);
  });
});

it("time awake goes on in a gap, up to what this host was awake", () => {
  expect(judged({ buffer: full(106 * minute) }).awakeMs).toBe(awakeBefore + 10 * minute);
  expect(judged({ buffer: [], steadyMs: 3 * minute }).awakeMs).toBe(awakeBefore + 3 * minute);
});

it("all that is behind the anchor counts, without a gap", () => {
  expect(judged({ buffer: [90 * minute, "anchor", 105 * minute] })).toEqual({
    from: checkpointAt,
    to: 110 * minute,
    events: 1,
    gap: null,
    observedMs: observedBefore + 10 * minute,
    awakeMs: awakeBefore + 10 * minute,
  });
});

describe("the clock of time awake at a moment", () => {
  const observation = { from: 100, to: 200, events: 0, gap: null, observedMs: 0, awakeMs: 1070 } as const;
  const steady = { bootId: "one", elapsedMs: 0 };
  const before = { at: 100, anchor: null, observedMs: 0, awakeMs: 1000, steady };

  it("inside an observation is the later of two reckonings, and never before it", () => {
    expect([-500, 100, 140, 190, 900].map((at) => awakeMsAt(observation, before, at))).toEqual([
      1000, 1000, 1040, 1070, 1070,
    ]);
  });

  it("before the first checkpoint goes with the time of day", () => {
    const first = { ...observation, awakeMs: 200 };
    expect([-500, 100, 190, 900].map((at) => awakeMsAt(first, null, at))).toEqual([-500, 100, 190, 200]);
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
