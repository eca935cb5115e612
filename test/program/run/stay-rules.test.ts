import { describe, expect, it } from "vitest";
import { day, hour, imageIn, startScene, type Scene } from "../../support/scene.js";

const containerdStore = (body: string) =>
  body.replace('"DriverStatus":[', '"DriverStatus":[["driver-type","io.containerd.snapshotter.v1"],');

/** Makes the practice engine say that its names with a digest prove nothing. */
function pretendContainerd(scene: Scene): void {
  scene.practice.onRequest = (_, path) =>
    path.startsWith("/info") ? { kind: "transform", body: containerdStore } : undefined;
}

describe("--keep-local", () => {
  const rules = { quotaBytes: 1, keepLocal: "all" } as const;

  it("goes by the names with a digest, where these come from a registry", async () => {
    const scene = await startScene();
    scene.engine.pull({ name: "pulled:1" });
    scene.engine.load({ name: "loaded:1" });
    scene.clock.pass(hour);
    const report = await scene.run(rules, { mode: "dry-run" });
    expect(imageIn(report, "pulled:1").verdict).toEqual({ kind: "remove", reasons: ["quota"] });
    expect(imageIn(report, "loaded:1").verdict).toEqual({ kind: "keep", reasons: ["local"] });
  });

  it("goes by what was seen, and remembers it, where every image has such a name", async () => {
    const scene = await startScene();
    pretendContainerd(scene);
    scene.engine.pull({ name: "before:1" });
    scene.engine.restart();
    scene.engine.pull({ name: "pulled:1" });
    scene.engine.load({ name: "loaded:1" });
    await scene.run();
    scene.engine.run("pulled:1");
    scene.clock.pass(hour);
    await scene.run();
    scene.engine.restart();
    scene.clock.pass(hour);
    const report = await scene.run(rules, { mode: "dry-run" });
    expect(imageIn(report, "pulled:1").verdict.kind).toBe("remove");
    expect(imageIn(report, "loaded:1").verdict).toEqual({ kind: "keep", reasons: ["local"] });
    // Nobody saw where it came from: it may be the only copy.
    expect(imageIn(report, "before:1").verdict).toEqual({ kind: "keep", reasons: ["local"] });
  });
});

describe("--untagged-age", () => {
  it("takes what a pull has superseded, and leaves what was pulled by its digest to the age limit", async () => {
    const scene = await startScene();
    const superseded = scene.engine.pull({ name: "app:latest" });
    const byDigest = scene.engine.pull({ name: "tool:1" });
    scene.engine.images.dropName("docker.io/library/tool:1");
    await scene.run();
    scene.engine.pull({ name: "app:latest" });
    for (let hours = 0; hours < 26; hours += 1) {
      scene.clock.pass(hour);
      await scene.run();
    }
    const report = await scene.run({ maxAgeMs: 7 * day, untaggedAgeMs: day }, { mode: "dry-run" });
    expect(imageIn(report, superseded).image).toMatchObject({ tags: [], digests: [expect.any(String)] });
    expect(imageIn(report, superseded).verdict).toEqual({ kind: "remove", reasons: ["untagged-age"] });
    expect(imageIn(report, byDigest).verdict).toEqual({ kind: "keep", reasons: ["within-limits"] });
  });
});

describe("a rule that matches no image", () => {
  const rules = { keep: ["app:*"] };
  const sentence = `test: "app:*" matches no image.`;

  async function warningsOf(scene: Scene, mode: "run" | "dry-run" = "run"): Promise<readonly string[]> {
    return (await scene.run(rules, { mode })).warnings;
  }

  it("is told of once, and again after it has matched", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "other:1" });
    expect(await warningsOf(scene)).toEqual([sentence]);
    expect(await warningsOf(scene)).toEqual([]);
    const app = scene.engine.load({ name: "app:1" });
    expect(await warningsOf(scene)).toEqual([]);
    scene.engine.removeImage(app);
    expect(await warningsOf(scene)).toEqual([sentence]);
    expect(await warningsOf(scene)).toEqual([]);
  });

  it("is told of by every dry run, which does not use the telling up", async () => {
    const scene = await startScene();
    expect(await warningsOf(scene, "dry-run")).toEqual([sentence]);
    expect(await warningsOf(scene, "dry-run")).toEqual([sentence]);
    expect(await warningsOf(scene)).toEqual([sentence]);
    expect(await warningsOf(scene, "dry-run")).toEqual([sentence]);
  });

  it("is not told of anew because another job with other rules shares the ledger", async () => {
    const scene = await startScene();
    await warningsOf(scene);
    expect((await scene.run({ keep: ["web:*"] })).warnings).toHaveLength(1);
    expect(await warningsOf(scene)).toEqual([]);
  });

  it("is called to mind again after three months", async () => {
    const scene = await startScene();
    await warningsOf(scene);
    scene.clock.pass(89 * day);
    expect(await warningsOf(scene)).toEqual([]);
    scene.clock.pass(2 * day);
    expect(await warningsOf(scene)).toEqual([sentence]);
  });
});
