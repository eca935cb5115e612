import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import type { Fault } from "../../practice-engine/fault.js";
import { everything, hour, imageIn, startScene, type Scene } from "../../support/scene.js";

const broken: Fault = { kind: "answer", status: 500, body: { message: "boom" } };
const names = ["app:1", "app:2", "registry.example:5000/team/app:1", "team/app:latest"];

async function sceneWithNames() {
  const scene = await startScene();
  const id = scene.engine.load({ name: names });
  return { scene, id };
}

/** Calls back at the n-th removal. */
function atRemoval(scene: Scene, number: number, deed: () => Fault | undefined): void {
  let count = 0;
  scene.practice.onRequest = (method) => (method === "DELETE" && ++count === number ? deed() : undefined);
}

describe("an image with several names", () => {
  it("goes name by name and last by its ID, without force, and nothing is pruned along", async () => {
    const { scene, id } = await sceneWithNames();
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.names()).toEqual([]);
    const deletes = scene.deletes();
    expect(deletes).toHaveLength(names.length);
    expect(deletes.at(-1)).toBe(`/images/${id}?noprune=1`);
    for (const path of deletes) {
      expect(path).toMatch(/\?noprune=1$/);
      expect(path).not.toContain("force");
    }
    // Each name is looked at just before it goes.
    for (const path of deletes.slice(0, -1)) {
      const at = scene.practice.requests.findIndex(
        (request) => request.method === "DELETE" && request.path === path,
      );
      const name = path.replace("?noprune=1", "/json");
      expect(scene.practice.requests[at - 1]).toMatchObject({ method: "GET", path: name });
    }
  });

  it.each([1, 2, 3, 4])(
    "keeps all of them when a container comes at removal %i, which is a use",
    async (number) => {
      const { scene, id } = await sceneWithNames();
      await scene.run();
      scene.clock.pass(hour);
      const usedAt = scene.clock.time;
      atRemoval(scene, number, () => void scene.engine.createContainer(id, { name: "late" }));
      const report = await scene.run(everything);
      expect(imageIn(report, id)).toMatchObject({
        outcome: "refused",
        outcomeDetail: "It is in use now by container:late.",
      });
      expect(scene.names()).toEqual(names);
      expect(scene.recordOf(id).lastUsedAt).toBeGreaterThanOrEqual(usedAt);
      // What was to go stays, so the quota that asked for it is not met.
      expect(exitCodeOf(report)).toBe(6);
    },
  );

  it.each([1, 2, 3, 4])("keeps all of them when the engine fails at removal %i", async (number) => {
    const { scene, id } = await sceneWithNames();
    atRemoval(scene, number, () => broken);
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("failed");
    expect(scene.names()).toEqual(names);
    expect(exitCodeOf(report)).toBe(3);
  });

  it.each([1, 2, 3])(
    "keeps all of them when the answer to removal %i is lost, though the name went",
    async (number) => {
      const { scene, id } = await sceneWithNames();
      atRemoval(scene, number, () => ({ kind: "cut", afterBytes: 0 }));
      const report = await scene.run(everything);
      expect(imageIn(report, id).outcome).toBe("failed");
      expect(scene.names()).toEqual(names);
    },
  );

  it("keeps all of them when a look in between fails, which costs no other image", async () => {
    const { scene, id } = await sceneWithNames();
    scene.clock.pass(hour);
    const other = scene.engine.load({ name: "other:1" });
    let looks = 0;
    scene.practice.onRequest = (method, path) =>
      method === "GET" &&
      path.endsWith("/json") &&
      path.startsWith("/images/") &&
      !path.includes("sha256") &&
      ++looks === 2
        ? broken
        : undefined;
    const report = await scene.run(everything);
    expect(imageIn(report, id)).toMatchObject({
      outcome: "failed",
      outcomeDetail: expect.stringContaining("The engine cannot show team/app:latest") as string,
    });
    expect(scene.names()).toEqual(names);
    expect(imageIn(report, other).outcome).toBe("removed");
    expect(exitCodeOf(report)).toBe(3);
  });

  it("tells which names could not be put back", async () => {
    const { scene, id } = await sceneWithNames();
    let removals = 0;
    scene.practice.onRequest = (method, path) => {
      if (method === "DELETE" && ++removals === 3) return broken;
      return method === "POST" && path.includes("/tag") ? broken : undefined;
    };
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("failed");
    const detail = imageIn(report, id).outcomeDetail ?? "";
    const lost = names.filter((name) => !scene.names().includes(name));
    expect(lost.length).toBe(2);
    for (const name of lost) expect(detail).toContain(name);
  });

  it("leaves a name alone that moves to another image meanwhile, and puts the others back", async () => {
    const { scene, id } = await sceneWithNames();
    let other: ImageId | null = null;
    // The first of them is gone by then.
    atRemoval(scene, 1, () => {
      const moving =
        names.find(
          (name) => !scene.deletes().join().includes(name) && name !== "app:1" && name !== "app:2",
        ) ?? "";
      other = scene.engine.load({ name: moving, megabytes: 5 });
      return undefined;
    });
    const report = await scene.run({ ...everything });
    expect(imageIn(report, id).outcome).toBe("skipped");
    const [image] = [...scene.engine.images.all()].filter((one) => one.id === other);
    expect(image).toBeDefined();
    expect(scene.names()).toEqual(names);
  });

  it("leaves a name with whom somebody has given it to while it was gone", async () => {
    const { scene, id } = await sceneWithNames();
    let taken = "";
    atRemoval(scene, 2, () => {
      taken = decodeURIComponent(scene.deletes()[0] ?? "").replace(/^\/images\/|\?.*$/g, "");
      scene.engine.load({ name: taken, megabytes: 5 });
      return broken;
    });
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("failed");
    expect(scene.names()).toEqual(names);
    expect(scene.engine.images.find(taken)?.id).not.toBe(id);
  });

  it("keeps the digest of its only repository until the end", async () => {
    const scene = await startScene();
    const id = scene.engine.pull({ name: "app:1" });
    scene.engine.tag(id, "app:2");
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.engine.images.size).toBe(0);
    expect(scene.deletes()).toHaveLength(2);
  });

  it("goes with digests of several repositories", async () => {
    const scene = await startScene();
    const id = scene.engine.pull({ name: "one.example/app:1", content: "same" });
    expect(scene.engine.pull({ name: "two.example/app:1", content: "same" })).toBe(id);
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.engine.images.size).toBe(0);
    expect(scene.deletes().join()).not.toContain("force");
  });

  it("says so when a digest went that no call can give back", async () => {
    const scene = await startScene();
    const id = scene.engine.pull({ name: "one.example/app:1", content: "same" });
    scene.engine.pull({ name: "two.example/app:1", content: "same" });
    const before = scene.names();
    atRemoval(scene, 2, () => void scene.engine.createContainer(id));
    const report = await scene.run(everything);
    const lost = before.filter((name) => !scene.names().includes(name));
    expect(lost).toHaveLength(1);
    expect(imageIn(report, id).outcome).toBe("failed");
    expect(imageIn(report, id).outcomeDetail).toContain(lost[0]);
    expect(exitCodeOf(report)).toBe(3);
  });
});
