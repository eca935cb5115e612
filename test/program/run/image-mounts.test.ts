import { describe, expect, it } from "vitest";
import { everything, hour, imageIn, startScene, type Scene } from "../../support/scene.js";

/** A container `web` that mounts `data:1`, seen by a run. */
async function mounted(scene: Scene, reference = "data:1", name = reference) {
  const { engine } = scene;
  engine.load({ name: "app:1" });
  const data = engine.load({ name });
  await scene.run();
  const web = engine.createContainer("app:1", { name: "web", imageMounts: [reference] });
  return { web, data };
}

/** Moves the name away, and lets runs pass. */
async function moveAway(scene: Scene): Promise<string> {
  const other = scene.engine.load({ name: "data:1" });
  for (let run = 0; run < 3; run += 1) {
    await scene.run();
    scene.clock.pass(hour);
  }
  return other;
}

describe("what an image mount stands for is fixed when its container is first seen", () => {
  it("and is held as long as the container exists, also when the name moves", async () => {
    const scene = await startScene();
    const { web, data } = await mounted(scene);
    await scene.run();
    const other = await moveAway(scene);
    const held = await scene.run(everything);
    expect(imageIn(held, data)).toMatchObject({ inUseBy: ["mount:web"], outcome: null });
    expect(imageIn(held, other).inUseBy).toEqual([]);
    scene.engine.removeContainer(web);
    expect(imageIn(await scene.run(everything), data).outcome).toBe("removed");
  });

  it("at its creation, where the name has moved before it is listed", async () => {
    const scene = await startScene();
    const { data } = await mounted(scene);
    scene.engine.tag(scene.engine.load({}), "data:1");
    await scene.run();
    scene.clock.pass(hour);
    expect(imageIn(await scene.run(everything), data).inUseBy).toEqual(["mount:web"]);
  });

  it("its end is a use of what it stood for", async () => {
    const scene = await startScene();
    const { web, data } = await mounted(scene);
    await scene.run();
    await moveAway(scene);
    scene.engine.removeContainer(web);
    const endedAt = scene.clock.time;
    scene.clock.pass(hour);
    expect(Math.abs(imageIn(await scene.run(), data).lastUse.at - endedAt)).toBeLessThan(2 * hour);
  });

  it("of a vanished ID it holds the image that is the same now", async () => {
    const scene = await startScene({ apiVersion: "1.51", store: "containerd" });
    const build = () => scene.engine.buildx({ name: "data:1", content: "data" });
    scene.engine.load({ name: "app:1" });
    build();
    await scene.run();
    scene.engine.createContainer("app:1", { name: "web", imageMounts: ["data:1"] });
    await scene.run();
    build();
    await scene.run();
    const now = build();
    scene.engine.tag(now, "kept:1");
    scene.engine.untag("data:1");
    await scene.run();
    scene.clock.pass(hour);
    expect(imageIn(await scene.run(everything), now).inUseBy).toEqual(["mount:web"]);
  });
});

describe("an image mount as Podman lists it, without a name and with its source as typed,", () => {
  it.each([
    ["data:1", "data:1"],
    ["team/data:1", "localhost/team/data:1"],
    ["team/data", "localhost/team/data:latest"],
    ["team/data:1", "registry.example/team/data:1"],
  ])("%s holds %s", async (reference, name) => {
    const scene = await startScene();
    const { data } = await mounted(scene, reference, name);
    scene.practice.onRequest = (_, path) =>
      path.startsWith("/containers/json")
        ? {
            kind: "transform",
            body: (text) => text.replaceAll(/"Name":"([^"]*)","Source":"[^"]*"/g, '"Source":"$1"'),
          }
        : undefined;
    const report = await scene.run(everything);
    expect(imageIn(report, data)).toMatchObject({ inUseBy: ["mount:web"], outcome: null });
    expect(report.warnings).toEqual([]);
  });
});
