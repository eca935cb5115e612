import { expect, it } from "vitest";
import { minute, startScene } from "../../support/scene.js";

it("credits whoever may have held a name, after a load that moved names while the last run listed them", async () => {
  const scene = await startScene();
  const other = scene.engine.load({ name: "other:1" });
  await scene.run();
  let loaded = other;
  scene.before("GET", /^\/images\/json/, () => (loaded = scene.engine.load({ name: ["app:1", "tool:1"] })));
  await scene.run();
  scene.clock.pass(minute);
  const usedAt = scene.clock.time;
  scene.engine.run("tool:1");
  scene.engine.tag(other, "tool:1");
  await scene.run();
  expect(scene.recordOf(loaded).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
});
