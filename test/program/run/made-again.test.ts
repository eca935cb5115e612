import { expect, it } from "vitest";
import { hour, imageIn, minute, startScene } from "../../support/scene.js";

/** As BuildKit does it on Docker 20.10: no event tells that the image is made. */
it("takes an image for new that was deleted and made again with the same ID", async () => {
  const scene = await startScene();
  const id = scene.engine.load({ name: "app:1" });
  scene.engine.load({ name: "busy:1" });
  await scene.run();
  scene.clock.pass(6 * hour);
  const { images } = scene.engine;
  const stored = images.require(id);
  scene.engine.removeImage("app:1");
  const deletedAt = scene.clock.time;
  images.add(stored);
  scene.clock.pass(minute);
  const report = await scene.run({ maxAgeMs: 6 * hour });
  expect(report.observation.gap).toBeNull();
  expect(imageIn(report, id)).toMatchObject({ idleMs: 0, verdict: { kind: "keep" } });
  expect(scene.recordOf(id).firstSeenAt).toBeGreaterThan(deletedAt);
});
