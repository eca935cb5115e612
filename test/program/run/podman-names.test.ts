import { describe, expect, it } from "vitest";
import type { ImageId } from "../../../src/core/image/image.js";
import type { Engine } from "../../../src/engine/port.js";
import {
  everything,
  imageIn,
  otherwise,
  startScene,
  type RunOptions,
  type Scene,
} from "../../support/scene.js";

/** As Podman: an image with several names, a tag and a digest of one repository too, answers its ID with 500. */
function countEveryName(scene: Scene): void {
  scene.practice.onRequest = (method, path) => {
    const id = decodeURIComponent(path).replace(/^\/images\/|\?.*$/g, "") as ImageId;
    if (method !== "DELETE" || scene.engine.images.namesOf(id).length < 2) return undefined;
    const message = `unable to delete image "${id}" by ID with more than one tag`;
    return { kind: "answer", status: 500, body: { message } };
  };
}

const asPodman: RunOptions = {
  engine: (real: Engine) =>
    otherwise(real, { describe: async () => ({ ...(await real.describe()), family: "podman" }) }),
};

async function sceneWithDigest() {
  const scene = await startScene();
  const id = scene.engine.pull({ name: "registry.example/app:1" });
  const digest = scene.engine.images.namesOf(id).find((name) => name.includes("@")) ?? "";
  countEveryName(scene);
  return { scene, id, digest };
}

describe("an image of Podman with a digest among its names", () => {
  it("goes name by name once the engine has refused its ID", async () => {
    const { scene, id, digest } = await sceneWithDigest();
    const report = await scene.run(everything, asPodman);
    expect(imageIn(report, id)).toMatchObject({ outcome: "removed" });
    const byId = `/images/${id}?noprune=1`;
    expect(scene.deletes()).toEqual([byId, `/images/${digest}?noprune=1`, byId]);
  });

  it("goes with several digests, and no more of them are taken than stand in the way", async () => {
    const { scene, id } = await sceneWithDigest();
    for (const tag of ["registry.example/app:2", "localhost/app:a"]) scene.engine.tag(id, tag);
    const report = await scene.run(everything, asPodman);
    expect(imageIn(report, id)).toMatchObject({ outcome: "removed" });
    expect(scene.engine.images.size).toBe(0);
  });

  it("keeps its digest where the engine says that it is in use, as by a container that no list shows", async () => {
    const { scene, id, digest } = await sceneWithDigest();
    scene.practice.onRequest = (method) =>
      method === "DELETE" ? { kind: "answer", status: 409, body: { message: "image is in use" } } : undefined;
    const report = await scene.run(everything, asPodman);
    expect(imageIn(report, id)).toMatchObject({ outcome: "refused" });
    expect(scene.deletes()).toHaveLength(1);
    expect(scene.engine.images.namesOf(id)).toContain(digest);
  });
});

it("on Docker, a failure of the engine costs no digest", async () => {
  const { scene, id, digest } = await sceneWithDigest();
  const report = await scene.run(everything);
  expect(imageIn(report, id)).toMatchObject({ outcome: "failed" });
  expect(scene.engine.images.namesOf(id)).toContain(digest);
});
