import { describe, expect, it } from "vitest";
import { day, everything, hour, imageIn, startScene, type Scene } from "../../support/scene.js";

const unused = { maxAgeMs: hour };

/** API versions of a containerd store: with all that tells of manifests, with what a list alone tells, and with nothing. */
const versions = ["1.51", "1.48", "1.47", "1.44"];

async function containerdScene(apiVersion = "1.51"): Promise<Scene> {
  return startScene({ apiVersion, store: "containerd" });
}

/** `app:1`, built again from the cache: another ID above the same manifest, and the old one vanishes. */
function rebuild({ engine }: Scene, content = "app"): string {
  return engine.buildx({ name: "app:1", content, megabytes: 5 });
}

/** Hours in which nothing is used, with a run at each end, so that all of it is observed. */
async function idleHours(scene: Scene, hours = 5): Promise<void> {
  await scene.run();
  scene.clock.pass(hours * hour);
  // Something that tells that the engine still has its events.
  scene.engine.publish("volume", "create", "v", {});
  await scene.run();
}

describe.each(versions)("in the containerd store, with API %s,", (apiVersion) => {
  it("an image that was built again unchanged is held by the container of the ID that vanished", async () => {
    const scene = await containerdScene(apiVersion);
    rebuild(scene);
    await scene.run();
    scene.engine.startContainer(scene.engine.createContainer("app:1", { name: "web" }));
    await scene.run();
    const now = rebuild(scene);
    await idleHours(scene);
    const report = await scene.run({ ...unused, ...everything });
    expect(imageIn(report, now)).toMatchObject({ inUseBy: ["container:web"], outcome: null });
    expect(scene.deletes()).toEqual([]);
  });

  it("so is one that was built again twice, and by a container that never ran", async () => {
    const scene = await containerdScene(apiVersion);
    rebuild(scene);
    await scene.run();
    scene.engine.createContainer("app:1", { name: "web" });
    rebuild(scene);
    await scene.run();
    const now = rebuild(scene);
    await idleHours(scene);
    expect(imageIn(await scene.run(everything), now).inUseBy).toEqual(["container:web"]);
  });

  it("so is one whose ID had vanished before the first run", async () => {
    const scene = await containerdScene(apiVersion);
    rebuild(scene);
    scene.engine.createContainer("app:1", { name: "web" });
    const now = rebuild(scene);
    scene.engine.restart();
    await idleHours(scene);
    expect(imageIn(await scene.run(everything), now).inUseBy).toEqual(["container:web"]);
  });

  it("so is one whose ID vanished in a gap", async () => {
    const scene = await containerdScene(apiVersion);
    rebuild(scene);
    scene.engine.createContainer("app:1", { name: "web" });
    await scene.run();
    const now = rebuild(scene);
    scene.engine.restart();
    await idleHours(scene);
    expect(imageIn(await scene.run(everything), now).inUseBy).toEqual(["container:web"]);
  });

  it("the end of a container of a vanished ID is a use of the image that is the same now", async () => {
    const scene = await containerdScene(apiVersion);
    rebuild(scene);
    const web = scene.engine.createContainer("app:1", { name: "web" });
    await scene.run();
    const now = rebuild(scene);
    await idleHours(scene, 24);
    scene.clock.pass(hour);
    scene.engine.removeContainer(web);
    const endedAt = scene.clock.time;
    scene.clock.pass(hour);
    const { lastUse } = imageIn(await scene.run(), now);
    expect(Math.abs(lastUse.at - endedAt)).toBeLessThan(1000);
  });

  it("a container that came, outlived its image's ID and went between two runs used what is the same now", async () => {
    const scene = await containerdScene(apiVersion);
    await scene.run();
    rebuild(scene);
    const job = scene.engine.createContainer("app:1", { name: "job" });
    const now = rebuild(scene);
    scene.clock.pass(hour);
    scene.engine.removeContainer(job);
    const endedAt = scene.clock.time;
    scene.clock.pass(hour);
    const { lastUse } = imageIn(await scene.run(), now);
    expect(Math.abs(lastUse.at - endedAt)).toBeLessThan(1000);
  });

  it("an image that is built anew does not hold what another one lost its name to", async () => {
    const scene = await containerdScene(apiVersion);
    rebuild(scene, "first");
    await scene.run();
    const gone = rebuild(scene, "second");
    await idleHours(scene);
    const report = await scene.run({ ...unused, keepRecent: 0 });
    expect(imageIn(report, gone).outcome).toBe("removed");
  });
});

describe("in the containerd store", () => {
  it("a container holds what it uses and not what its name means now, where the engine tells manifests", async () => {
    const scene = await containerdScene();
    rebuild(scene, "first");
    await scene.run();
    scene.engine.createContainer("app:1", { name: "web" });
    await scene.run();
    const other = rebuild(scene, "second");
    await idleHours(scene);
    const report = await scene.run(unused);
    expect(imageIn(report, other)).toMatchObject({ inUseBy: [], outcome: "removed" });
  });

  it("of an index with several platforms the one that a container uses counts", async () => {
    const scene = await containerdScene();
    const [arm, otherArm] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`);
    const first = { name: "app:1", content: "amd64", platforms: [arm ?? ""] };
    scene.engine.buildx(first);
    scene.engine.createContainer("app:1", { name: "phone", manifest: arm ?? "" });
    const sameArm = scene.engine.buildx({ ...first, name: "app:1", content: "another amd64" });
    await scene.run();
    expect(imageIn(await scene.run(), sameArm).inUseBy).toEqual(["container:phone"]);
    const sameAmd = scene.engine.buildx({ name: "app:1", content: "amd64", platforms: [otherArm ?? ""] });
    await scene.run();
    expect(imageIn(await scene.run(), sameAmd).inUseBy).toEqual([]);
  });

  it("the last use of an ID that vanished is that of the image that is the same now", async () => {
    const scene = await containerdScene();
    const { engine } = scene;
    const first = rebuild(scene);
    const twin = engine.buildx({ name: "app:2", content: "app", megabytes: 5 });
    await scene.run();
    scene.clock.pass(day);
    engine.run(first);
    await scene.run();
    engine.buildx({ name: "app:1", content: "something else" });
    const usedAt = scene.clock.time;
    scene.clock.pass(hour);
    const { lastUse } = imageIn(await scene.run(), twin);
    expect(Math.abs(lastUse.at - usedAt)).toBeLessThan(5000);
  });

  it("several IDs of one manifest are one version for --keep-newest", async () => {
    const scene = await containerdScene();
    for (const [tag, content] of [
      ["1", "old"],
      ["2", "older twin"],
      ["3", "new"],
      ["4", "new"],
    ] as const) {
      scene.engine.buildx({ name: `app:${tag}`, content });
      scene.clock.pass(1000);
    }
    await idleHours(scene);
    await scene.run({ ...unused, keepNewest: 2 });
    expect(scene.names()).toEqual(["app:2", "app:3", "app:4"]);
  });

  it("a container that is created of an older ID while images are removed holds what is the same", async () => {
    const scene = await containerdScene();
    const { engine } = scene;
    const first = rebuild(scene);
    const twin = engine.buildx({ name: "app:2", content: "app", megabytes: 5 });
    await idleHours(scene);
    scene.before("GET", new RegExp(`/images/${twin}/json`), () => {
      engine.createContainer(first, { name: "late" });
    });
    const report = await scene.run({ ...unused, only: ["app:2"] });
    expect(imageIn(report, twin).outcome).toBe("skipped");
  });
});

it("on a classic store a container of an ID that is gone holds nothing else", async () => {
  const scene = await startScene({ apiVersion: "1.51" });
  scene.engine.load({ name: "app:1" });
  scene.engine.createContainer("app:1", { name: "web" });
  await scene.run();
  scene.engine.removeImage("app:1", { force: true });
  const other = scene.engine.load({ name: "app:1" });
  await idleHours(scene);
  expect(imageIn(await scene.run(unused), other).inUseBy).toEqual([]);
});
