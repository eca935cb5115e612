import { expect, it } from "vitest";
import { layerOf } from "../../practice-engine/recipe.js";
import { day, hour, imageIn, second, startScene } from "../../support/scene.js";

/** Docker before 27 writes no event for an image that a build leaves without a name. */
it("takes an image that no event tells of for no older than its creation", async () => {
  const scene = await startScene();
  const parent = scene.engine.load({ name: "base:1" });
  scene.clock.pass(100 * hour);
  const builtAt = scene.clock.time;
  const built = scene.engine.build({ parent, created: Math.floor(builtAt / second) });
  await scene.run();
  expect(scene.recordOf(built).lastUsedAt).toBeGreaterThan(builtAt - 2 * second);
});

it("lets a nightly build grow old whose successors have the same layers and another label", async () => {
  const scene = await startScene();
  const layers = [layerOf("base", 1000), layerOf("app", 500)];
  const base = scene.engine.load({ name: "base:1", layers: layers.slice(0, 1) });
  await scene.run();
  const nights = [];
  for (const sha of ["a", "b", "c"]) {
    scene.clock.pass(day);
    const night = scene.engine.load({ layers, labels: { "git.sha": sha } });
    scene.engine.tag(night, "app:latest");
    nights.push(night);
    await scene.run();
  }
  const report = await scene.run({}, { mode: "dry-run" });
  const daysIdle = (id: string) => Math.round(imageIn(report, id).idleMs / day);
  expect(nights.map(daysIdle)).toEqual([2, 1, 0]);
  expect(daysIdle(base)).toBe(0);
});
