import { describe, expect, it } from "vitest";
import type { Engine } from "../../../src/engine/port.js";
import type { Fault } from "../../practice-engine/fault.js";
import { storedName } from "../../practice-engine/names.js";
import {
  everything,
  imageIn,
  otherwise,
  startScene,
  type RunOptions,
  type Scene,
} from "../../support/scene.js";

/**
 * As Podman: an image with several names, a tag and a digest of one repository too, answers its ID with 500, and each of its
 * names goes alone. `isHeld`: whether it is held by a container that no list shows, once one name is left.
 */
function countEveryName({ engine, practice }: Scene, isHeld: "held" | "free" = "free"): void {
  const { images } = engine;
  practice.onRequest = (method, path): Fault | undefined => {
    if (method !== "DELETE") return undefined;
    const asked = decodeURIComponent(path).replace(/^\/images\/|\?.*$/g, "");
    const { id } = images.require(asked);
    if (images.namesOf(id).length < 2) return isHeld === "held" ? answer(409, "image is in use") : undefined;
    if (asked === id) return answer(500, `unable to delete image "${id}" by ID with more than one tag`);
    images.dropName(storedName(asked));
    return { kind: "answer", status: 200, body: [{ Untagged: asked }] };
  };
}

function answer(status: number, message: string): Fault {
  return { kind: "answer", status, body: { message } };
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
  it("goes name by name once the engine has refused its ID, a tag first, which could be given back", async () => {
    const { scene, id } = await sceneWithDigest();
    const report = await scene.run(everything, asPodman);
    expect(imageIn(report, id)).toMatchObject({ outcome: "removed" });
    const byId = `/images/${id}?noprune=1`;
    expect(scene.deletes()).toEqual([byId, "/images/registry.example/app:1?noprune=1", byId]);
  });

  it("has all its names again where a container that no list shows turns out to hold it", async () => {
    const { scene, id } = await sceneWithDigest();
    scene.engine.tag(id, "localhost/app:a");
    const names = scene.engine.images.namesOf(id);
    countEveryName(scene, "held");
    for (const run of [1, 2]) {
      const report = await scene.run(everything, asPodman);
      expect(imageIn(report, id), `run ${run}`).toMatchObject({ outcome: "refused" });
      expect(scene.engine.images.namesOf(id), `run ${run}`).toEqual(names);
    }
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
    scene.practice.onRequest = (method) => (method === "DELETE" ? answer(409, "image is in use") : undefined);
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
