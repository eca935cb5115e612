import { expect, it } from "vitest";
import { hour, imageIn, minute, startScene } from "../../support/scene.js";

it("takes an image for used until a gap ended, where its container is gone after it", async () => {
  const scene = await startScene();
  const held = scene.engine.load({ name: "app:1" });
  const idle = scene.engine.load({ name: "idle:1" });
  scene.engine.load({ name: "busy:1" });
  const container = scene.engine.createContainer("app:1");
  await scene.run();
  scene.clock.pass(23 * hour);
  const endedAt = scene.clock.time;
  scene.engine.endContainer(container);
  scene.engine.removeContainer(container);
  for (let count = 0; count < 150; count += 1)
    scene.engine.removeContainer(scene.engine.createContainer("busy:1"));
  scene.clock.pass(25 * minute);
  const report = await scene.run({ quotaBytes: 1, graceMs: hour });
  expect(report.observation.gap?.cause).toBe("overflow");
  expect(imageIn(report, held).lastUse).toMatchObject({ at: report.observation.from, kind: "released" });
  expect(report.observation.from).toBeGreaterThanOrEqual(endedAt);
  expect(imageIn(report, held).verdict).toMatchObject({ kind: "keep" });
  expect(imageIn(report, idle).outcome).toBe("removed");
});
