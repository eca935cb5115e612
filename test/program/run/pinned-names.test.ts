import { describe, expect, it } from "vitest";
import type { PolicyRecipe } from "../../support/values.js";
import { everything, imageIn, startScene, type Scene } from "../../support/scene.js";

const name = "registry.example/shop/web:1";

/** An image as the containerd store records what Swarm pulls: with its tag and its digest, in one name. */
async function sceneWithPinned() {
  const scene = await startScene();
  const id = scene.engine.pullPinned({ name, content: "same" });
  return { scene, id };
}

function beforeLook(scene: Scene, deed: () => void): void {
  let listings = 0;
  scene.practice.onRequest = (_, path) => {
    if (path.startsWith("/containers/json") && ++listings === 2) deed();
    return undefined;
  };
}

describe("an image that is named by tag and digest at once", () => {
  it("is removed, though the list and the inspection spell its names differently", async () => {
    const { scene, id } = await sceneWithPinned();
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.engine.images.size).toBe(0);
    expect(scene.deletes()).toEqual([`/images/${id}?noprune=1`]);
  });

  it.each<[string, PolicyRecipe]>([
    ["--keep with its tag", { keep: [name] }],
    ["--keep with a glob on tags", { keep: ["registry.example/shop/*:*"] }],
    ["--keep with a regular expression on tags", { keep: ["re:shop/web:1$"] }],
    ["--keep-newest", { keepNewest: 1 }],
  ])("is kept by %s", async (_, rule) => {
    const { scene, id } = await sceneWithPinned();
    const report = await scene.run({ ...everything, ...rule });
    expect(imageIn(report, id).verdict.kind).toBe("keep");
  });

  it("goes name by name where it has several tags, once the engine has refused its ID", async () => {
    const { scene, id } = await sceneWithPinned();
    scene.engine.pullPinned({ name: "registry.example/shop/web:2", content: "same" });
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.deletes()).toHaveLength(3);
    expect(scene.deletes()[1]).toMatch(/shop\/web:2@sha256:\w+\?noprune=1$/);
  });

  it("is spared where somebody has pulled it by another tag since the plan", async () => {
    const { scene, id } = await sceneWithPinned();
    beforeLook(scene, () =>
      scene.engine.pullPinned({ name: "registry.example/shop/web:2", content: "same" }),
    );
    const report = await scene.run(everything);
    expect(imageIn(report, id)).toMatchObject({
      outcome: "skipped",
      outcomeDetail: "Its names have changed since the plan.",
    });
  });

  it("is no leftover of an update", async () => {
    const { scene, id } = await sceneWithPinned();
    scene.engine.tag(id, "other:1");
    await scene.run();
    scene.engine.images.dropName("docker.io/library/other:1");
    const report = await scene.run({ untaggedAgeMs: 0 });
    expect(imageIn(report, id).verdict.kind).toBe("keep");
  });
});

describe("a name that no reference is spelled like", () => {
  it("does not spare an image for ever because the list and the inspection spell it differently", async () => {
    const scene = await startScene();
    const id = scene.engine.load({});
    scene.engine.images.setName("docker.io/library/UPPER:1", id);
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.deletes()).toEqual([`/images/${id}?noprune=1`]);
  });

  it("is never asked for: what cannot go by its ID keeps its other names and stops nothing", async () => {
    const scene = await startScene();
    const id = scene.engine.load({ name: "app:1" });
    const other = scene.engine.load({ name: "other:1" });
    scene.engine.images.setName("docker.io/library/UPPER:1", id);
    // As Docker 28 answers for such an image.
    scene.practice.onRequest = (method, path) =>
      method === "DELETE" && path.includes(id)
        ? { kind: "answer", status: 500, body: { message: "invalid reference format" } }
        : undefined;
    const report = await scene.run(everything);
    expect(imageIn(report, id)).toMatchObject({ outcome: "failed" });
    expect(imageIn(report, other).outcome).toBe("removed");
    expect(report.stoppedBy).toBeNull();
    expect(scene.names()).toContain("app:1");
  });
});
