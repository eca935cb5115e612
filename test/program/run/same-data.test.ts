import { rmSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { startPracticeEngine, type PracticeEngineOptions } from "../../practice-engine/server.js";
import { day, imageIn, startScene, type Scene } from "../../support/scene.js";

/** The same images and containers, clock and ledger behind an engine that says something else of itself. */
async function again(scene: Scene, options: PracticeEngineOptions): Promise<Scene> {
  const practice = await startPracticeEngine({ now: scene.clock.now, engine: scene.engine, ...options });
  onTestFinished(() => practice.close().then(() => rmSync(practice.socketPath, { force: true })));
  scene.engine.restart();
  scene.engine.publish("volume", "create", "v", {});
  return scene.through(practice);
}

async function idle(scene: Scene, days: number): Promise<void> {
  scene.clock.pass(days * day);
  scene.engine.publish("volume", "create", "v", {});
  await scene.run();
}

const limits = { maxAgeMs: 7 * day, keepRecent: 0 };

describe("an engine whose ID has changed above the same data", () => {
  it("is known again: idle times go on over four starts, each of which is told", async () => {
    let scene = await startScene({ id: "ID-0", data: "volume" });
    scene.engine.load({ name: "app:1", megabytes: 1 });
    await scene.run();
    await idle(scene, 2);
    for (const start of [1, 2, 3]) {
      scene = await again(scene, { id: `ID-${start}`, data: "volume", name: `container-${start}` });
      const dry = await scene.run({}, { mode: "dry-run" });
      const told = `The ledger's entries for ID-${start - 1} go on as ID-${start}.`;
      expect(dry.warnings).toEqual([expect.stringContaining(told)]);
      expect((await scene.run()).warnings).toEqual(dry.warnings);
      await idle(scene, 2);
    }
    const report = await scene.run(limits);
    expect(report.warnings).toEqual([]);
    expect(imageIn(report, "app:1").outcome).toBe("removed");
  });

  it("is asked for its data once", async () => {
    const scene = await startScene({ id: "ID-0", data: "volume" });
    await scene.run();
    await scene.run();
    const asked = scene.practice.requests.filter(({ path }) => path.startsWith("/networks"));
    expect(asked.map(({ path }) => path)).toEqual(["/networks/host"]);
  });

  it("is another engine where the data is another one, or does not tell", async () => {
    const scene = await startScene({ id: "ID-0", data: "volume" });
    scene.engine.load({ name: "app:1", megabytes: 1 });
    await scene.run();
    await idle(scene, 2);
    const other = await again(scene, { id: "ID-1", data: "another volume" });
    expect(imageIn(await other.run(), "app:1").idleMs).toBeLessThan(day);
    const silent = await again(scene, { id: "ID-2", data: "volume" });
    silent.practice.onRequest = (_, path) =>
      path.startsWith("/networks") ? { kind: "answer", status: 403, body: { message: "no" } } : undefined;
    const report = await silent.run();
    expect(imageIn(report, "app:1").idleMs).toBeLessThan(day);
    expect(report.warnings).toEqual([]);
  });

  it("is two engines once an ID comes back, which goes its own way from then on", async () => {
    const one = await startScene({ id: "ID-1", data: "copied" });
    one.engine.load({ name: "app:1", megabytes: 1 });
    await one.run();
    await idle(one, 2);
    const other = await again(one, { id: "ID-2", data: "copied" });
    await other.run();
    // What was ID-1 is known as ID-2 by now.
    const back = await again(one, { id: "ID-1", data: "copied" });
    expect((await back.run()).warnings).toEqual([]);
    const third = await again(one, { id: "ID-3", data: "copied" });
    const report = await third.run();
    expect(report.warnings).toEqual([]);
    expect(imageIn(report, "app:1").idleMs).toBeLessThan(day);
  });
});

describe("two engines with one ID", () => {
  it("are named when the one that was there before takes its turn again, and not where a host got another name", async () => {
    const one = await startScene({ id: "ID-1", data: "copied", name: "alpha" });
    await one.run();
    const other = await again(one, { id: "ID-1", data: "copied", name: "beta" });
    expect((await other.run()).warnings).toEqual([]);
    const back = await again(one, { id: "ID-1", data: "copied", name: "alpha" });
    expect((await back.run()).warnings).toEqual([
      expect.stringContaining("Two engines have the ID ID-1, on beta and on alpha"),
    ]);
    expect((await back.run()).warnings).toEqual([]);
  });
});
