import { describe, expect, it } from "vitest";
import type { ImageId } from "../../../src/core/image/image.js";
import { day, hour, minute, startScene, type Scene } from "../../support/scene.js";

/** More than the engine remembers. */
function overflow(scene: Scene): void {
  for (let count = 0; count < 150; count += 1)
    scene.engine.removeContainer(scene.engine.createContainer("busy:1"));
}

const moves: readonly (readonly [string, (scene: Scene, before: ImageId) => void])[] = [
  ["a pull", (scene) => void scene.engine.pull({ name: "app:1", content: "new" })],
  ["a load", (scene) => void scene.engine.load({ name: "app:1", content: "new" })],
  [
    "two moves",
    (scene) => {
      scene.engine.load({ name: "app:1", content: "second" });
      scene.engine.load({ name: "app:1", content: "third" });
    },
  ],
  [
    "a pull, and has the image by a name of another repository now",
    (scene, before) => {
      scene.engine.tag(before, "attic/old:7");
      scene.engine.pull({ name: "app:1", content: "new" });
    },
  ],
];

describe("the end of a container that was created in a gap, by a name that has moved since, by", () => {
  it.each(moves)("%s, is a use of the image that it ran", async (_, move) => {
    const scene = await startScene();
    const before = scene.engine.pull({ name: "app:1" });
    const other = scene.engine.load({ name: "busy:1" });
    await scene.run();
    scene.clock.pass(day);
    const container = scene.engine.createContainer("app:1");
    scene.clock.pass(hour);
    move(scene, before);
    overflow(scene);
    scene.clock.pass(hour);
    const endedAt = scene.clock.time;
    scene.engine.removeContainer(container);
    scene.clock.pass(minute);
    const report = await scene.run();
    expect(report.observation.gap?.cause).toBe("overflow");
    expect(scene.recordOf(before).lastUsedAt).toBeGreaterThanOrEqual(endedAt);
    expect(scene.recordOf(other).lastUsedAt).toBeLessThan(endedAt);
  });
});

it("is a use of an image that has lost its tag since, on the first run, too", async () => {
  const scene = await startScene();
  const before = scene.engine.pull({ name: "app:1" });
  const container = scene.engine.createContainer("app:1");
  const other = scene.engine.load({ name: "busy:1" });
  scene.engine.pull({ name: "app:1", content: "new" });
  overflow(scene);
  scene.clock.pass(8 * day);
  const endedAt = scene.clock.time;
  scene.engine.removeContainer(container);
  scene.clock.pass(minute);
  await scene.run();
  expect(scene.recordOf(before).lastUsedAt).toBeGreaterThanOrEqual(endedAt);
  expect(scene.recordOf(other).lastUsedAt).toBeLessThan(endedAt);
});
