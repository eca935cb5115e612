import { describe, expect, it } from "vitest";
import type { ImageId } from "../../../src/core/image/image.js";
import type { PolicyRecipe } from "../../support/values.js";
import { everything, imageIn, startScene, type Scene } from "../../support/scene.js";

const keepOther: PolicyRecipe = { ...everything, keep: ["two.example/app:1"] };

/** An image with a tag and digest in one repository, and in another one a digest alone: its tag has moved on. */
async function sceneWithStrayDigest(): Promise<{ scene: Scene; id: ImageId; digests: readonly string[] }> {
  const scene = await startScene();
  const id = scene.engine.pull({ name: "one.example/app:1", content: "same" });
  scene.engine.pull({ name: "two.example/app:1", content: "same" });
  scene.engine.pull({ name: "two.example/app:1", content: "newer" });
  const digests = scene.engine.images.namesOf(id).filter((name) => name.includes("@"));
  expect(digests).toHaveLength(2);
  return { scene, id, digests };
}

function atRemoval(scene: Scene, number: number, deed: () => unknown): void {
  let count = 0;
  scene.practice.onRequest = (method) => {
    if (method === "DELETE" && ++count === number) deed();
    return undefined;
  };
}

describe("a digest in a repository of its own", () => {
  it("goes by name once the engine has refused the ID for it, and it alone", async () => {
    const { scene, id, digests } = await sceneWithStrayDigest();
    const report = await scene.run(keepOther);
    expect(imageIn(report, id).outcome).toBe("removed");
    const stray = digests.find((name) => name.startsWith("two."));
    expect(scene.deletes()).toEqual([
      `/images/${id}?noprune=1`,
      `/images/${stray ?? ""}?noprune=1`,
      `/images/${id}?noprune=1`,
    ]);
  });

  it("goes last where its image has a tag that can be given back: a refusal then costs no name", async () => {
    const scene = await startScene();
    const id = scene.engine.pull({ name: "one.example/app:1", content: "same" });
    scene.engine.tag(id, "here:1");
    scene.engine.pull({ name: "one.example/app:1", content: "newer" });
    const names = scene.engine.images.namesOf(id);
    atRemoval(scene, 3, () => scene.engine.createContainer(id, { name: "late" }));
    const report = await scene.run({ ...everything, keep: ["one.example/app:1"] });
    expect(imageIn(report, id)).toMatchObject({ outcome: "refused" });
    expect(names.map((name) => name.replace(/@.*/, "@"))).toEqual([
      "docker.io/library/here:1",
      "one.example/app@",
    ]);
    expect(scene.engine.images.namesOf(id)).toEqual(names);
  });

  it("stays where the engine has refused the ID because somebody uses the image", async () => {
    const { scene, id, digests } = await sceneWithStrayDigest();
    atRemoval(scene, 1, () => scene.engine.createContainer(id, { name: "late" }));
    const report = await scene.run(keepOther);
    expect(imageIn(report, id)).toMatchObject({ outcome: "refused" });
    expect(scene.engine.images.namesOf(id)).toEqual(expect.arrayContaining([...digests]));
  });

  it("is no more to be seen to where the image has gone meanwhile", async () => {
    const { scene, id } = await sceneWithStrayDigest();
    scene.practice.onRequest = (method) => {
      if (method !== "DELETE") return undefined;
      scene.engine.removeImage(id, { force: true });
      return { kind: "answer", status: 409, body: { message: "must be forced" } };
    };
    const report = await scene.run(keepOther);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.deletes()).toHaveLength(1);
  });

  it("is told of where it went and the image was refused after all: no call gives it back, and none is tried", async () => {
    const { scene, id, digests } = await sceneWithStrayDigest();
    atRemoval(scene, 3, () => scene.engine.createContainer(id, { name: "late" }));
    const report = await scene.run(keepOther);
    const stray = digests.find((name) => name.startsWith("two.")) ?? "";
    expect(imageIn(report, id).outcome).toBe("failed");
    expect(imageIn(report, id).outcomeDetail).toContain(`could not be put back: ${stray}.`);
    expect(scene.requests("POST")).toEqual([]);
    expect(scene.engine.images.find("one.example/app:1")?.id).toBe(id);
  });
});

describe("digests at the second look", () => {
  /** Calls back when the containers are listed for the image that is to go. */
  function beforeLook(scene: Scene, deed: () => void): void {
    let listings = 0;
    scene.practice.onRequest = (_, path) => {
      if (path.startsWith("/containers/json") && ++listings === 2) deed();
      return undefined;
    };
  }

  it("that somebody has taken since the plan spare the image", async () => {
    const scene = await startScene();
    const id = scene.engine.pull({ name: "one.example/app:1" });
    const digest = scene.engine.images.namesOf(id).find((name) => name.includes("@"));
    if (digest === undefined) throw new Error("A pulled image has a digest.");
    beforeLook(scene, () => scene.engine.images.dropName(digest));
    const report = await scene.run(everything);
    expect(imageIn(report, id)).toMatchObject({
      outcome: "skipped",
      outcomeDetail: "Its names have changed since the plan.",
    });
    expect(scene.deletes()).toEqual([]);
  });

  it("that have come in another repository since the plan spare the image", async () => {
    const scene = await startScene();
    const id = scene.engine.pull({ name: "one.example/app:1", content: "same" });
    beforeLook(scene, () => {
      scene.engine.pull({ name: "two.example/app:1", content: "same" });
      scene.engine.pull({ name: "two.example/app:1", content: "newer" });
    });
    const report = await scene.run(everything);
    expect(imageIn(report, id)).toMatchObject({ outcome: "skipped" });
    expect(scene.deletes()).toEqual([]);
  });
});
