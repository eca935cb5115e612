import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import { everything, hour, imageIn, minute, startScene, type Scene } from "../../support/scene.js";

/** Images that differ in their last use, the first one longest ago. */
function loadMany(scene: Scene, count: number): ImageId[] {
  return Array.from({ length: count }, (_, index) => {
    scene.clock.pass(10);
    return scene.engine.load({ name: `many:${index}` });
  });
}

/** Calls back before each removal, with its number. */
function beforeEachRemoval(scene: Scene, deed: (number: number) => void): void {
  let count = 0;
  scene.practice.onRequest = (method) => {
    if (method === "DELETE") deed(++count);
    return undefined;
  };
}

describe("what others do during the removals", () => {
  it("is not lost in the flood of our own events, though the engine remembers only 256", async () => {
    const scene = await startScene();
    const busy = scene.engine.load({ name: "busy:1" });
    loadMany(scene, 300);
    // A run that notices them all, so that they are known before.
    await scene.run();
    scene.clock.pass(hour);
    scene.engine.run("busy:1");
    let lastRun = 0;
    beforeEachRemoval(scene, (number) => {
      if (number % 5 !== 0 || number > 280) return;
      scene.engine.run("busy:1");
      lastRun = scene.clock.time;
    });

    const report = await scene.run({ ...everything, keep: ["busy:*"] });

    expect(report.images.filter(({ outcome }) => outcome === "removed")).toHaveLength(300);
    expect(exitCodeOf(report)).toBe(6);
    expect(Math.abs(scene.recordOf(busy).lastUsedAt - lastRun)).toBeLessThan(50);
    const next = await scene.run();
    expect(next.observation.gap).toBeNull();
    expect(next.observation.observedMs - report.observation.observedMs).toBeLessThan(minute);
    expect(imageIn(next, busy).lastUse.at).toBe(scene.recordOf(busy).lastUsedAt);
  });

  it("is observed without a gap over the whole run", async () => {
    const scene = await startScene();
    const busy = scene.engine.load({ name: "busy:1" });
    await scene.run();
    loadMany(scene, 100);
    beforeEachRemoval(scene, (number) => {
      if (number % 4 === 0) scene.engine.run("busy:1");
    });
    const report = await scene.run({ ...everything, keep: ["busy:*"] });
    expect(report.observation.gap).toBeNull();
    // Loads, our own untag and delete events, and six for each of the runs. Those of the last millisecond are left to
    // the next run, as the engine's clock is known no better.
    const next = await scene.run();
    expect(report.observation.events + next.observation.events).toBe(100 + 200 + 25 * 6);
    expect(next.observation.gap).toBeNull();
    expect(scene.recordOf(busy).lastUseKind).toMatch(/^container-/);
  });

  it("spares an image that is used by a container which is gone again before its turn comes", async () => {
    const scene = await startScene();
    const many = loadMany(scene, 100);
    const late = scene.engine.load({ name: "late:1" });
    await scene.run();
    scene.clock.pass(hour);
    const usedAt = scene.clock.time;
    beforeEachRemoval(scene, (number) => {
      if (number === 10) scene.engine.run("late:1");
    });
    const report = await scene.run({ ...everything });
    expect(imageIn(report, late)).toMatchObject({
      outcome: "skipped",
      outcomeDetail: "It was used after the plan was made.",
    });
    expect(scene.names()).toEqual(["late:1"]);
    expect(scene.recordOf(late).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
    expect(report.images.filter(({ outcome }) => outcome === "removed")).toHaveLength(many.length);
  });

  it("is written down although the images in question are few", async () => {
    const scene = await startScene();
    const busy = scene.engine.load({ name: "busy:1" });
    loadMany(scene, 3);
    await scene.run();
    scene.clock.pass(hour);
    const usedAt = scene.clock.time;
    beforeEachRemoval(scene, (number) => {
      if (number === 2) scene.engine.run("busy:1");
    });
    await scene.run({ ...everything, keep: ["busy:*"] });
    // What happened in the last moments, by a round trip of the engine's clock, is the next run's.
    await scene.run();
    expect(scene.recordOf(busy).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
  });

  it("may bring new images, which are not touched, and are known in the end", async () => {
    const scene = await startScene();
    loadMany(scene, 3);
    let pulled: ImageId | null = null;
    beforeEachRemoval(scene, (number) => {
      if (number === 2) pulled = scene.engine.pull({ name: "new:1" });
    });
    await scene.run(everything);
    expect(scene.names().some((name) => name === "new:1")).toBe(true);
    expect([...scene.record().images.keys()]).toEqual([pulled]);
  });
});

describe("a run that ends early", () => {
  it("stops when the engine goes away, reports what was done, and asks for nothing after that", async () => {
    const scene = await startScene();
    loadMany(scene, 6);
    await scene.run();
    const before = scene.record();
    let count = 0;
    let gone = false;
    scene.practice.requests.length = 0;
    scene.practice.onRequest = (method) => {
      if (method === "DELETE" && ++count === 4) gone = true;
      return gone ? { kind: "cut", afterBytes: 0 } : undefined;
    };
    const report = await scene.run(everything);
    expect(report.stoppedBy?.code).toBe("engine");
    expect(exitCodeOf(report)).toBe(4);
    expect(report.images.slice(0, 3).map(({ outcome }) => outcome)).toEqual([
      "removed",
      "removed",
      "removed",
    ]);
    expect(report.images.slice(4).map(({ outcome }) => outcome)).toEqual([null, null]);
    expect(scene.deletes()).toHaveLength(4);
    // What was observed before the removals stands; what was not seen to its end does not count.
    expect(scene.record().images.size).toBe(before.images.size);
    expect(scene.record().checkpoint?.observedMs).toBeGreaterThanOrEqual(before.checkpoint?.observedMs ?? 0);
    scene.practice.onRequest = undefined;
    const next = await scene.run();
    expect(next.observation.gap).toBeNull();
    expect(next.images).toHaveLength(2);
  });

  it.each([
    ["the events cannot be read", "/events"],
    ["a new container cannot be asked for", "/containers/json"],
    // One image that cannot be inspected is judged by the list; without that, nothing tells what it is.
    ["a look fails, and the list in its place", "/images/"],
  ])("stops when %s", async (_, path) => {
    const scene = await startScene();
    loadMany(scene, 4);
    scene.practice.onRequest = (method, asked) => {
      const removals = scene.deletes().length;
      if (method === "DELETE" && removals === 1) scene.engine.createContainer("many:3");
      return method === "GET" && asked.startsWith(path) && removals === 2
        ? { kind: "answer", status: 500, body: { message: "boom" } }
        : undefined;
    };
    const report = await scene.run(everything);
    expect(report.stoppedBy).toMatchObject({ code: "engine" });
    expect(report.stoppedBy?.message).toContain("boom");
    expect(scene.deletes()).toHaveLength(2);
    expect(scene.names()).toHaveLength(2);
  });

  it("is not whole when the last look fails, and yet knows what was removed and what could not be", async () => {
    const scene = await startScene();
    const [first] = loadMany(scene, 3);
    await scene.run();
    scene.practice.onRequest = (method, path) => {
      const isFirst = method === "DELETE" && path.includes(String(first));
      const isLast = path.startsWith("/images/json") && scene.names().length === 1;
      return isFirst || isLast ? { kind: "answer", status: 500, body: { message: "boom" } } : undefined;
    };
    const report = await scene.run(everything);
    expect(report.images.map(({ outcome }) => outcome).sort()).toEqual(["failed", "removed", "removed"]);
    expect(report.stoppedBy).toMatchObject({
      code: "engine",
      message: expect.stringContaining("boom") as string,
    });
    expect(exitCodeOf(report)).toBe(4);
    expect([...scene.record().failedRemovals.keys()]).toEqual([first]);
  });

  it.each<["SIGINT" | "SIGTERM", number]>([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("finishes the image in hand on %s and leaves the rest alone", async (signal, code) => {
    const scene = await startScene();
    loadMany(scene, 6);
    const interruptedBy = () => (scene.deletes().length >= 2 ? signal : null);
    const report = await scene.run(everything, { interruptedBy });
    expect(report.interruptedBy).toBe(signal);
    expect(exitCodeOf(report)).toBe(code);
    expect(scene.deletes()).toHaveLength(2);
    expect(scene.names()).toHaveLength(4);
    expect(scene.record().images.size).toBe(4);
    expect((await scene.run()).observation.gap).toBeNull();
  });

  it("removes nothing when the signal came before", async () => {
    const scene = await startScene();
    loadMany(scene, 2);
    const report = await scene.run(everything, { interruptedBy: () => "SIGINT" });
    expect(scene.deletes()).toEqual([]);
    expect(exitCodeOf(report)).toBe(130);
    expect(scene.record().images.size).toBe(2);
  });
});

describe("an engine without events", () => {
  it("gives its images away: nothing that came since the plan can have been forgotten", async () => {
    const scene = await startScene();
    loadMany(scene, 3);
    scene.clock.pass(hour);
    scene.engine.restart();
    const report = await scene.run(everything);
    expect(report.images.map(({ outcome }) => outcome)).toEqual(["removed", "removed", "removed"]);
  });

  it("has forgotten something when more came since the plan than it holds", async () => {
    const scene = await startScene();
    loadMany(scene, 3);
    scene.clock.pass(hour);
    scene.engine.restart();
    let isFirst = true;
    scene.practice.onRequest = (method, path) => {
      // The look at the first image, behind the plan.
      if (
        isFirst &&
        method === "GET" &&
        /^\/images\/sha256:.*\/json/.test(path) &&
        scene.record().checkpoint
      ) {
        isFirst = false;
        const busy = scene.engine.load({ name: "busy:1" });
        for (let count = 0; count < 300; count += 1) scene.engine.tag(busy, "busy:1");
      }
      return undefined;
    };
    const report = await scene.run(everything);
    expect(scene.deletes()).toEqual([]);
    expect(report.images.filter(({ outcome }) => outcome === "removed")).toEqual([]);
  });
});
