import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import { openLedgerInMemory } from "../../../src/ledger/sqlite-ledger.js";
import { startPracticeEngine } from "../../practice-engine/server.js";
import {
  day,
  everything,
  hour,
  imageIn,
  minute,
  otherwise,
  second,
  startScene,
  type Scene,
} from "../../support/scene.js";

/** Two images, observed at once and for an hour without a gap. */
async function observedForAnHour() {
  const scene = await startScene();
  const idle = scene.engine.load({ name: "idle:1" });
  const busy = scene.engine.load({ name: "busy:1" });
  await scene.run();
  scene.clock.pass(hour);
  const report = await scene.run();
  expect(report.observation.gap).toBeNull();
  return {
    scene,
    idle,
    busy,
    idleBefore: imageIn(report, idle).idleMs,
    observedBefore: report.observation.observedMs,
  };
}

const aged = { maxAgeMs: 2 * hour };
/** Between two readings of a clock that goes on during the test. */
const slack = 5 * second;

/** The engine told its time in an answer that was long on its way. */
function lagging(real: Engine): Engine {
  return otherwise(real, {
    describe: async () => {
      const description = await real.describe();
      return { ...description, now: () => description.now() - minute };
    },
  });
}

/** The engine's clock was set back, and its log still has what came before that. */
function withEventFromTheFuture(real: Engine): Engine {
  return otherwise(real, {
    readEvents: async function* (until, from) {
      const timeNano = BigInt(until + hour) * 1_000_000n;
      yield { timeNano, type: "network", action: "connect", actorId: "none", attributes: {} };
      yield* real.readEvents(until, from);
    },
  });
}

function overflow(scene: Scene): void {
  for (let count = 0; count < 300; count += 1) scene.engine.tag("busy:1", "busy:again");
}

describe("what a run observes", () => {
  it("is nothing before the first: its covered stretch begins with the first event", async () => {
    const scene = await startScene();
    const loadedAt = scene.clock.time;
    const image = scene.engine.load({ name: "app:1" });
    scene.clock.pass(10 * minute);
    const { observation, images } = await scene.run();
    expect(observation.gap).toMatchObject({ cause: "first-run", from: null });
    expect(Math.abs(observation.from - loadedAt)).toBeLessThan(slack);
    expect(images).toMatchObject([{ image: { id: image }, lastUse: { kind: "load" } }]);
  });

  it("never makes an image old by its creation date", async () => {
    const scene = await startScene();
    const image = scene.engine.load({ name: "app:1", created: 0 });
    scene.engine.restart();
    const report = await scene.run({ maxAgeMs: 1 });
    expect(imageIn(report, image)).toMatchObject({
      idleMs: 0,
      lastUse: { kind: "first-seen" },
      verdict: { kind: "keep" },
    });
    expect(scene.deletes()).toEqual([]);
  });

  it("reads events up to what it has listed, though it takes the engine's clock for slow", async () => {
    const { scene, idle, busy } = await observedForAnHour();
    const container = scene.engine.createContainer("busy:1");
    await scene.run();
    scene.clock.pass(2 * hour);
    const endedAt: number[] = [];
    scene.practice.onRequest = (_, path) => {
      if (endedAt.length === 0 && path.startsWith("/containers/json")) {
        endedAt.push(scene.clock.time);
        scene.engine.removeContainer(container);
      }
      return undefined;
    };
    const report = await scene.run(aged, { engine: lagging });
    expect(imageIn(report, busy)).toMatchObject({
      inUseBy: [],
      lastUse: { kind: "container-end" },
      verdict: { kind: "keep" },
    });
    expect(scene.recordOf(busy).lastUsedAt).toBeGreaterThanOrEqual(Math.max(...endedAt));
    // The time that is read from an event is ahead of what the clock seems to be, which is not a clock that was set back.
    expect(imageIn(report, idle).outcome).toBe("removed");
    expect(report.observation.gap).toBeNull();
  });

  it("does not take the time from an event of the future", async () => {
    const { scene } = await observedForAnHour();
    const { observation } = await scene.run({}, { engine: withEventFromTheFuture });
    expect(observation.to).toBeLessThanOrEqual(scene.clock.time);
  });

  it("goes on where the last one ended", async () => {
    const { scene, idle, idleBefore } = await observedForAnHour();
    scene.clock.pass(hour);
    const report = await scene.run();
    expect(report.observation.gap).toBeNull();
    expect(imageIn(report, idle).idleMs - idleBefore).toBeGreaterThanOrEqual(hour - slack);
    expect(imageIn(report, idle).idleMs - idleBefore).toBeLessThan(hour + slack);
  });

  it("takes a container that came and went between two runs for a use", async () => {
    const { scene, busy, idle } = await observedForAnHour();
    scene.clock.pass(30 * minute);
    const usedAt = scene.clock.time;
    scene.engine.run("busy:1");
    scene.clock.pass(90 * minute);
    const report = await scene.run(aged);
    expect(Math.abs(imageIn(report, busy).lastUse.at - usedAt)).toBeLessThan(slack);
    expect(Math.abs(imageIn(report, busy).idleMs - 90 * minute)).toBeLessThan(slack);
    expect(imageIn(report, busy).verdict.kind).toBe("keep");
    expect(imageIn(report, idle).outcome).toBe("removed");
  });

  it("does not count the time before an overflow", async () => {
    const { scene, idle, idleBefore } = await observedForAnHour();
    scene.clock.pass(10 * hour);
    overflow(scene);
    const report = await scene.run(aged);
    expect(report.observation.gap?.cause).toBe("overflow");
    expect((report.observation.gap?.to ?? 0) - (report.observation.gap?.from ?? 0)).toBeGreaterThan(
      10 * hour - slack,
    );
    expect(imageIn(report, idle).idleMs - idleBefore).toBeLessThan(slack);
    expect(scene.deletes()).toEqual([]);
    scene.clock.pass(2 * hour);
    expect(imageIn(await scene.run(aged), idle).outcome).toBe("removed");
  });

  it("does not count the time before a restart", async () => {
    const { scene, idle, idleBefore } = await observedForAnHour();
    scene.clock.pass(5 * hour);
    scene.engine.restart();
    scene.engine.run("busy:1");
    scene.clock.pass(30 * minute);
    const report = await scene.run(aged);
    expect(report.observation.gap?.cause).toBe("restart");
    const grown = imageIn(report, idle).idleMs - idleBefore;
    expect(Math.abs(grown - 30 * minute)).toBeLessThan(slack);
    expect(scene.deletes()).toEqual([]);
  });

  it("cannot be recognised in an empty buffer: nothing counts", async () => {
    const { scene, idle, idleBefore } = await observedForAnHour();
    scene.engine.restart();
    await scene.run();
    scene.clock.pass(5 * hour);
    const report = await scene.run(aged);
    expect(report.observation.gap?.cause).toBe("unknown");
    expect(imageIn(report, idle).idleMs - idleBefore).toBeLessThan(slack);
    expect(scene.deletes()).toEqual([]);
  });

  it("makes nothing removable when the engine's clock is set back", async () => {
    const { scene, idle, idleBefore } = await observedForAnHour();
    const { checkpoint } = scene.record();
    scene.clock.step(-30 * day);
    const report = await scene.run(aged);
    expect(report.observation.gap?.cause).toBe("clock");
    expect(imageIn(report, idle).idleMs - idleBefore).toBeLessThan(slack);
    expect(scene.recordOf(idle).lastUsedAt).toBeGreaterThan(report.observation.to);
    expect(scene.record().checkpoint?.observedMs).toBeGreaterThanOrEqual(checkpoint?.observedMs ?? 0);
    // The stamp of its last use is now in the future; the grace goes by the hour that has passed since.
    expect(imageIn(await scene.run({ ...everything, graceMs: 2 * hour }), idle).verdict).toMatchObject({
      reasons: ["grace"],
    });
    expect(scene.deletes()).toEqual([]);
    expect(imageIn(await scene.run({ ...everything, graceMs: hour }), idle).outcome).toBe("removed");
  });

  it.each([
    ["forward by a month", 30 * day],
    ["forward by two hours, as after a sleep", 2 * hour],
  ])("does not count a clock that was set %s", async (_, step) => {
    const { scene, idle, idleBefore } = await observedForAnHour();
    scene.clock.step(step);
    scene.clock.pass(10 * minute);
    const report = await scene.run(aged);
    expect(report.observation.gap?.cause).toBe("clock");
    expect(Math.abs(imageIn(report, idle).idleMs - idleBefore - 10 * minute)).toBeLessThan(slack);
    expect(imageIn(report, idle).verdict.kind).toBe("keep");
    expect(scene.deletes()).toEqual([]);
    // From then on, time counts again.
    scene.clock.pass(2 * hour);
    expect(imageIn(await scene.run(aged), idle).outcome).toBe("removed");
  });

  it("does not count more than the new boot's uptime when the observer's host booted", async () => {
    const { scene, idle, idleBefore } = await observedForAnHour();
    scene.clock.pass(10 * hour);
    scene.clock.reboot();
    scene.clock.pass(5 * minute);
    const report = await scene.run(aged);
    expect(imageIn(report, idle).idleMs - idleBefore).toBeLessThan(5 * minute + slack);
    expect(scene.deletes()).toEqual([]);
  });

  it("does not move a last use backward, whatever the engine's clock does", async () => {
    const { scene, busy } = await observedForAnHour();
    scene.engine.run("busy:1");
    await scene.run();
    const { lastUsedAt } = scene.recordOf(busy);
    scene.clock.step(-day);
    scene.engine.run("busy:1");
    const report = await scene.run();
    expect(scene.recordOf(busy).lastUsedAt).toBe(lastUsedAt);
    // The idle time starts again all the same.
    expect(imageIn(report, busy).idleMs).toBeLessThan(slack);
  });

  it("begins anew for an image that went and came again", async () => {
    const { scene } = await observedForAnHour();
    scene.engine.load({ name: "other:1", content: "same" });
    await scene.run();
    scene.clock.pass(hour);
    scene.engine.removeImage("other:1");
    await scene.run();
    scene.clock.pass(hour);
    const again = scene.engine.load({ name: "other:1", content: "same" });
    const report = await scene.run(aged);
    expect(imageIn(report, again).idleMs).toBeLessThan(slack);
    expect(Math.abs(scene.recordOf(again).firstSeenAt - report.observation.to)).toBeLessThan(slack);
  });
});

describe("an image that a container holds", () => {
  it("is in use now, however long, and idle from the moment of the end on", async () => {
    const { scene, busy } = await observedForAnHour();
    const container = scene.engine.createContainer("busy:1", { name: "web" });
    scene.clock.pass(10 * hour);
    const held = await scene.run(aged);
    expect(imageIn(held, busy)).toMatchObject({
      inUseBy: ["container:web"],
      idleMs: 0,
      verdict: { reasons: ["in-use"] },
    });
    scene.clock.pass(hour);
    scene.engine.removeContainer(container);
    scene.clock.pass(hour);
    const freed = await scene.run(aged);
    expect(Math.abs(imageIn(freed, busy).idleMs - hour)).toBeLessThan(slack);
    expect(imageIn(freed, busy).verdict.kind).toBe("keep");
  });
});

describe("two engines in one ledger", () => {
  it("do not mix", async () => {
    const first = await startScene();
    const image = first.engine.load({ name: "app:1", content: "same" });
    await first.run();
    first.clock.pass(hour);
    const before = first.record();
    const second = await startScene({ id: "OTHER", ledgerPath: first.ledgerPath });
    expect(second.engine.load({ name: "app:1", content: "same" })).toBe(image);
    const report = await second.run();
    expect(report.observation.gap?.cause).toBe("first-run");
    expect(imageIn(report, image).idleMs).toBeLessThan(slack);
    expect(first.record()).toEqual(before);
    const next = await first.run();
    expect(next.observation.gap).toBeNull();
    expect(imageIn(next, image).idleMs).toBeGreaterThanOrEqual(hour);
    const ledger = openLedgerInMemory(first.ledgerPath);
    expect(ledger.load({ key: "OTHER overlay2 /var/lib/docker" }).images.size).toBe(1);
    ledger.close();
  });

  it("are two also when one engine's identity changes: nothing that was known is taken for granted", async () => {
    const { scene, idle } = await observedForAnHour();
    scene.clock.pass(10 * day);
    const moved = await startPracticeEngine({
      engine: scene.engine,
      now: scene.clock.now,
      rootDirectory: "/data/docker",
    });
    const before = scene.record();
    const after = await scene.through(moved).run(aged);
    await moved.close();
    expect(after.observation.gap?.cause).toBe("first-run");
    expect(scene.record()).toEqual(before);
    // It may only count what the engine's own buffer covers.
    expect(imageIn(after, idle).idleMs).toBeLessThanOrEqual(after.observation.observedMs);
  });
});

describe("a dry run", () => {
  it("gives the verdicts of the real one, and only looks", async () => {
    const scene = await startScene();
    for (const name of ["a:1", "b:1", "c:1", "d:1", "e:1"]) {
      scene.engine.load({ name, megabytes: 10 });
      scene.clock.pass(minute);
    }
    scene.engine.createContainer("a:1");
    await scene.run();
    scene.clock.pass(hour);
    scene.engine.run("b:1");
    const limits = { quotaBytes: 25_000_000, keep: ["c:*"], maxAgeMs: 62 * minute };
    const before = scene.record();
    scene.practice.requests.length = 0;

    const dry = await scene.run(limits, { mode: "dry-run" });

    expect(new Set(scene.practice.requests.map(({ method }) => method))).toEqual(new Set(["GET"]));
    expect(scene.record()).toEqual(before);
    const real = await scene.run(limits);
    const verdicts = (report: typeof dry) =>
      report.images.map(({ image, verdict, freedBytes }) => ({ id: image.id, verdict, freedBytes }));
    expect(verdicts(dry)).toEqual(verdicts(real));
    expect(dry.usage.plannedFreedBytes).toBe(real.usage.plannedFreedBytes);
    expect(dry.images.every(({ outcome }) => outcome === null)).toBe(true);
    expect(real.images.some(({ outcome }) => outcome === "removed")).toBe(true);
  });
});
