import { describe, expect, it } from "vitest";
import type { ImageId } from "../../../src/core/image/image.js";
import type { Engine } from "../../../src/engine/port.js";
import { storedName } from "../../practice-engine/names.js";
import { everything, hour, imageIn, otherwise, second, startScene, type Scene } from "../../support/scene.js";

/** Images with a name each, known to the ledger for an hour. */
async function knownForAnHour(...names: readonly string[]): Promise<{ scene: Scene; images: ImageId[] }> {
  const scene = await startScene();
  const images = names.map((name) => scene.engine.load({ name }));
  await scene.run();
  scene.clock.pass(hour);
  return { scene, images };
}

/** Older events than are kept waiting for the checkpoint, as Podman may have them. */
function withLongLog(real: Engine): Engine {
  return otherwise(real, {
    readEvents: async function* (until, from) {
      for (let count = 1; count <= 1100; count += 1)
        yield { timeNano: BigInt(count), type: "network", action: "connect", actorId: "", attributes: {} };
      yield* real.readEvents(until, from);
    },
  });
}

describe("a name by which a container was created, and which moved without being seen to", () => {
  it.each([
    ["a buffer", (real: Engine) => real],
    ["a log that begins long before the checkpoint", withLongLog],
  ])("counts for the images at both ends, where no event was missed, in %s", async (_, engine) => {
    const { scene, images } = await knownForAnHour("app:1", "other:1");
    const [before, after] = images as [ImageId, ImageId];
    const usedAt = scene.clock.time;
    scene.engine.run("app:1");
    // As BuildKit on Docker 20.10 does it.
    scene.engine.images.setName(storedName("app:1"), after);
    const { observation } = await scene.run({}, { engine });
    expect(observation.gap).toBeNull();
    for (const image of [before, after]) {
      expect(scene.recordOf(image).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
      expect(scene.recordOf(image).lastUseKind).toMatch(/^container-/);
    }
  });

  it("counts after a gap for what may have had it then, and has it no more", async () => {
    const { scene, images } = await knownForAnHour("app:1", "other:1", "third:1", "busy:1");
    const [, meant, third] = images as [ImageId, ImageId, ImageId];
    scene.engine.tag(meant, "app:1");
    scene.engine.untag("other:1");
    for (let count = 0; count < 300; count += 1) scene.engine.tag("busy:1", "busy:again");
    scene.clock.pass(hour);
    const usedAt = scene.clock.time;
    scene.engine.run("app:1");
    scene.engine.tag(third, "app:1");
    const { observation } = await scene.run();
    expect(observation.gap?.cause).toBe("overflow");
    expect(scene.recordOf(meant).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
  });
});

it("finds an image that came during long removals by the beginning of its ID", async () => {
  // Enough for the events to be read in the midst of it, when the image is not there yet.
  const { scene } = await knownForAnHour(...Array.from({ length: 40 }, (_, index) => `many:${index}`));
  const pulled: ImageId[] = [];
  scene.practice.onRequest = (_, path) => {
    if (pulled.length > 0 || scene.deletes().length < 40 || !path.startsWith("/images/json"))
      return undefined;
    const id = scene.engine.pull({ name: "new:1" });
    scene.engine.run(id.slice("sha256:".length, "sha256:".length + 12));
    scene.clock.pass(second);
    pulled.push(id);
    return undefined;
  };
  await scene.run({ ...everything, keepRecent: 0 });
  expect(pulled.map((id) => scene.recordOf(id).lastUseKind)).toEqual([expect.stringMatching(/^container-/)]);
});

it("takes an image mount for one of what its name stood for at the run before, too", async () => {
  const { scene, images } = await knownForAnHour("mounted:1", "other:1");
  const [before] = images as [ImageId];
  scene.engine.createContainer("other:1", { name: "web", imageMounts: ["mounted:1"] });
  const after = scene.engine.load({ name: "mounted:1" });
  const report = await scene.run(everything);
  for (const image of [before, after])
    expect(imageIn(report, image)).toMatchObject({
      inUseBy: ["mount:web"],
      verdict: { kind: "keep", reasons: ["in-use"] },
    });
});
