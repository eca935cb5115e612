import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../../../src/core/uses/checkpoint.js";
import { logStart } from "../../../../src/core/uses/log-start.js";

const minute = 60_000;
const anchor = { timeNano: 99_000_000_123n * 1_000_000n, type: "image", action: "pull", actorId: "a" };
const checkpoint: Checkpoint = {
  at: 99_000_000_500,
  anchor,
  observedMs: 7,
  awakeMs: 99_000_000_500,
  steady: { bootId: "one", elapsedMs: 500 },
};

interface Passed {
  /** By the engine's clock, milliseconds. */
  readonly wall: number;
  /** By the one that nobody sets. */
  readonly steady: number;
  readonly boot?: string;
}

function startAfter({ wall, steady, boot = "one" }: Passed, from: Checkpoint | null = checkpoint) {
  return logStart(from, checkpoint.at + wall, {
    bootId: boot,
    elapsedMs: checkpoint.steady.elapsedMs + steady,
  });
}

const before = (milliseconds: number) => anchor.timeNano - BigInt(milliseconds) * 1_000_000n;

describe("a log is read", () => {
  it("from a minute before the last event that was seen", () => {
    expect(startAfter({ wall: 5 * minute, steady: 5 * minute })).toBe(before(minute));
  });

  it("from as much earlier as the engine's clock is behind", () => {
    expect(startAfter({ wall: 500 * minute, steady: 502 * minute })).toBe(before(3 * minute));
    expect(startAfter({ wall: 502 * minute, steady: 500 * minute })).toBe(before(minute));
  });

  it.each<[string, Passed]>([
    ["the clock was set back", { wall: minute, steady: 11 * minute }],
    ["the clock is behind the checkpoint", { wall: -minute, steady: minute }],
    [
      "the clock was set forward, or this host slept: something may have been set back besides",
      { wall: 600 * minute, steady: minute },
    ],
    ["this host was started anew", { wall: minute, steady: minute, boot: "two" }],
  ])("from its beginning where %s", (_, passed) => {
    expect(startAfter(passed)).toBeNull();
  });

  it("from its beginning on a first run, and where it was empty", () => {
    expect(startAfter({ wall: minute, steady: minute }, null)).toBeNull();
    expect(startAfter({ wall: minute, steady: minute }, { ...checkpoint, anchor: null })).toBeNull();
  });

  it("from its beginning where that is near", () => {
    const early = { ...checkpoint, anchor: { ...anchor, timeNano: 5n } };
    expect(startAfter({ wall: minute, steady: minute }, early)).toBeNull();
  });
});
