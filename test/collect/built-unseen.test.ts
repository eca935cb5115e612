import { expect, it } from "vitest";
import { hour, second, startScene } from "./scene.js";

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
