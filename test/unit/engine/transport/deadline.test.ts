import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Deadline } from "../../../../src/engine/transport/deadline.js";

describe("a deadline", () => {
  it("tells whoever listens, once, and says whether it was for its time", async () => {
    const underWay = new Set<Deadline>();
    const [late, given] = [
      new Deadline({ timeoutMs: 20 }, underWay),
      new Deadline({ timeoutMs: null }, underWay),
    ];
    const told: string[] = [];
    late.addEventListener("abort", () => told.push("late"));
    given.addEventListener("abort", () => told.push("given up"));
    await sleep(100);
    late.giveUp();
    given.giveUp();
    given.giveUp();
    expect(told).toEqual(["late", "given up"]);
    expect([late.isOver, given.isOver]).toEqual([true, false]);
    expect([late.aborted, given.aborted]).toEqual([true, true]);
  });

  it("tells nobody who listens no more", () => {
    const deadline = new Deadline({ timeoutMs: null }, new Set());
    const told: string[] = [];
    const [first, second] = [() => told.push("first"), () => told.push("second")];
    deadline.addEventListener("abort", first);
    deadline.addEventListener("abort", second);
    deadline.removeEventListener("abort", first);
    deadline.giveUp();
    expect(told).toEqual(["second"]);
  });

  it("is under way until it is cleared, and ends nothing after that", async () => {
    const underWay = new Set<Deadline>();
    const end = new AbortController();
    const deadline = new Deadline({ timeoutMs: 20, signal: end.signal }, underWay);
    expect([...underWay]).toEqual([deadline]);
    deadline.clear();
    end.abort();
    await sleep(100);
    expect(underWay.size).toBe(0);
    expect(deadline.aborted).toBe(false);
  });

  it("hears another signal, also one that was given before", () => {
    const end = new AbortController();
    const before = new Deadline({ timeoutMs: null, signal: end.signal }, new Set());
    end.abort();
    const after = new Deadline({ timeoutMs: null, signal: end.signal }, new Set());
    expect([before.aborted, after.aborted]).toEqual([true, true]);
    expect([before.isOver, after.isOver]).toEqual([false, false]);
  });
});
