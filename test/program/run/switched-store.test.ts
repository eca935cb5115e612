import { rmSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import type { EngineState } from "../../practice-engine/state.js";
import { layerOf } from "../../practice-engine/recipe.js";
import { startPracticeEngine } from "../../practice-engine/server.js";
import { day, hour, imageIn, minute, startScene, type Scene } from "../../support/scene.js";

/** The same engine after its store was switched: with the same clock and ledger, and what it is given in the new store. */
async function switched(scene: Scene, fill: (engine: EngineState) => void, id?: string): Promise<Scene> {
  const practice = await startPracticeEngine({
    now: scene.clock.now,
    apiVersion: "1.51",
    store: "containerd",
    ...(id !== undefined && { id }),
  });
  onTestFinished(() => practice.close().then(() => rmSync(practice.socketPath, { force: true })));
  fill(practice.engine);
  return scene.through(practice);
}

const base = layerOf("base", 1_000_000);
const app = { name: "app:1", content: "app", layers: [base], megabytes: 5 };

/** Days in which nothing is used, seen from beginning to end. */
async function idle(scene: Scene, days: number): Promise<void> {
  scene.clock.pass(days * day);
  scene.engine.publish("volume", "create", "v", {});
  await scene.run();
}

it("what was idle before the store was switched is so afterwards, by its layers, also under another ID", async () => {
  const scene = await startScene();
  const before = scene.engine.load(app);
  await scene.run();
  await idle(scene, 5);
  const known = scene.recordOf(before);

  const now = await switched(scene, (engine) => engine.buildx({ ...app, name: "renamed:1" }));
  const report = await now.run();
  const after = imageIn(report, "renamed:1");
  expect(after.image.id).not.toBe(before);
  expect(after).toMatchObject({ firstSeenAt: known.firstSeenAt });
  expect(report.warnings).toEqual([expect.stringContaining("of 1 of 1 images was carried over")]);
});

it("what nobody has used since goes by its age, and what the ledger does not know counts as new", async () => {
  const scene = await startScene();
  scene.engine.load(app);
  await scene.run();
  await idle(scene, 5);
  const now = await switched(scene, (engine) => {
    engine.load(app);
    engine.load({ name: "new:1", content: "new", megabytes: 1 });
    // Of what came with the switch no event is left.
    engine.restart();
    engine.publish("volume", "create", "v", {});
  });
  await now.run();
  await idle(now, 3);
  const report = await now.run({ maxAgeMs: 7 * day, keepRecent: 0 });
  expect(imageIn(report, "app:1").outcome).toBe("removed");
  expect(imageIn(report, "new:1").outcome).toBeNull();
  expect(report.warnings).toEqual([]);
});

it("an image of the same digest is the same, whatever its layers are", async () => {
  const scene = await startScene();
  scene.engine.pull({ ...app, name: "app:1" });
  await scene.run();
  await idle(scene, 2);
  const [digest = ""] = imageIn(await scene.run(), "app:1").image.digests;
  const now = await switched(scene, (engine) => {
    const id = engine.load({ name: "app:1", content: "other", megabytes: 2 });
    engine.images.setName(digest.replace("app@", "docker.io/library/app@"), id);
  });
  const report = await now.run();
  expect(report.warnings).toEqual([expect.stringContaining("of 1 of 1 images was carried over")]);
});

it("the history, and a switch back, belong to the same engine", async () => {
  const scene = await startScene();
  const id = scene.engine.load(app);
  await scene.run();
  const { firstSeenAt } = scene.recordOf(id);
  scene.clock.pass(hour);
  await (await switched(scene, (engine) => engine.load(app))).run();
  scene.clock.pass(minute);
  scene.engine.restart();
  await scene.run();
  expect(scene.recordOf(id).firstSeenAt).toBe(firstSeenAt);
});

it("nothing is carried over from another engine", async () => {
  const scene = await startScene();
  scene.engine.load(app);
  await scene.run();
  const report = await (await switched(scene, (engine) => engine.load(app), "ANOTHER")).run();
  expect(report.warnings).toEqual([]);
  expect(report.observation.gap?.cause).toBe("first-run");
});
