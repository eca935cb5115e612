import { describe, expect, it } from "vitest";
import { Drains } from "../../src/collect/drains.js";
import { NameMoves } from "../../src/collect/names-back.js";
import { Failure } from "../../src/core/failure.js";

/** Drains of a watch whose readings end when the test says so. */
function sceneOfDrains() {
  let time = 0;
  const readings: { readonly end: () => void; readonly fail: (error: Failure) => void }[] = [];
  const returned: NameMoves[] = [];
  const drains = new Drains({
    watch: { drain: () => new Promise<void>((end, fail) => void readings.push({ end, fail })) },
    taken: {
      moves: new NameMoves([]),
      returnMoved: (moves) => {
        if (moves !== undefined) returned.push(moves);
        return Promise.resolve();
      },
    },
    now: () => time,
  });
  return { drains, readings, returned, pass: (milliseconds: number) => (time += milliseconds) };
}

/** Whether it settles without anything else that happens. */
function isSettled(promise: Promise<void>): Promise<boolean> {
  const later = new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([promise.then(() => true), later]);
}

describe("the events during removals", () => {
  it("are not read again before 64 are our own, or a second has passed", async () => {
    const { drains, readings, pass } = sceneOfDrains();
    drains.count(63);
    pass(999);
    await drains.beforeNext();
    expect(readings).toHaveLength(0);
  });

  it("are read after 64 of our own while the next image goes, but the one after it waits", async () => {
    const { drains, readings, returned } = sceneOfDrains();
    drains.count(64);
    expect(await isSettled(drains.beforeNext())).toBe(true);
    expect(readings).toHaveLength(1);
    drains.count(2);
    const next = drains.beforeNext();
    expect(await isSettled(next)).toBe(false);
    readings[0]?.end();
    await next;
    expect(returned).toHaveLength(1);
    expect(readings).toHaveLength(1);
  });

  it("are counted from the beginning of a reading", async () => {
    const { drains, readings } = sceneOfDrains();
    drains.count(64);
    await drains.beforeNext();
    readings[0]?.end();
    drains.count(63);
    await drains.beforeNext();
    expect(readings).toHaveLength(1);
    drains.count(1);
    await drains.beforeNext();
    expect(readings).toHaveLength(2);
  });

  it("are read before anything else goes once the last reading began a second ago", async () => {
    const { drains, readings, pass } = sceneOfDrains();
    drains.count(64);
    await drains.beforeNext();
    pass(1000);
    readings[0]?.end();
    const next = drains.beforeNext();
    expect(await isSettled(next)).toBe(false);
    expect(readings).toHaveLength(2);
    readings[1]?.end();
    await next;
  });

  it("fail where they are waited for", async () => {
    const failure = new Failure("engine", "The engine broke off.");
    const { drains, readings } = sceneOfDrains();
    drains.count(64);
    await drains.beforeNext();
    readings[0]?.fail(failure);
    // A rejection that nobody had taken by now would end the process.
    await new Promise((resolve) => setImmediate(resolve));
    await expect(drains.beforeNext()).rejects.toBe(failure);
    await drains.finish();
  });
});
