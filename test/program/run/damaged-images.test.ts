import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import type { Fault } from "../../practice-engine/fault.js";
import { imageIn, minute, outcomesOf, startScene, type Scene } from "../../support/scene.js";

const noLayer: Fault = { kind: "answer", status: 500, body: { message: "layer does not exist" } };
const noManifest: Fault = { kind: "answer", status: 404, body: { message: "No such image" } };

/** A damaged image between two sound ones. `rule` says what the engine answers to what is asked of it by ID. */
async function damagedScene(
  names: readonly string[],
  rule: (method: string, path: string, id: ImageId) => Fault | undefined,
): Promise<{ scene: Scene; id: ImageId }> {
  const scene = await startScene();
  scene.engine.load({ name: "sound:1" });
  scene.clock.pass(minute);
  const id = scene.engine.load({ name: names });
  scene.clock.pass(minute);
  scene.engine.load({ name: "sound:2" });
  scene.practice.onRequest = (method, path) => rule(method, path, id);
  return { scene, id };
}

/** What an image like these consists of is not known, so a quota does not go by it. */
const tooOld = { maxAgeMs: 0 };

const isInspection = (path: string) => /^\/images\/[^?]*\/(json|history)/.test(path);

describe("an image whose inspection fails", () => {
  it("is removed all the same, by its ID, and costs the others nothing", async () => {
    const { scene, id } = await damagedScene(["broken:1"], (method, path, broken) =>
      method === "GET" && isInspection(path) && path.includes(broken) ? noLayer : undefined,
    );
    const report = await scene.run(tooOld);
    expect(outcomesOf(report)).toEqual({ "sound:1": "removed", "broken:1": "removed", "sound:2": "removed" });
    expect(scene.deletes().some((path) => path.includes(id))).toBe(true);
    expect(exitCodeOf(report)).toBe(0);
  });

  it("costs only itself where the engine cannot remove it either, and is left alone for a while after two attempts", async () => {
    const { scene, id } = await damagedScene(["broken:1"], (_, path, broken) =>
      isInspection(path) || path.startsWith(`/images/${broken}`)
        ? path.includes(broken) || path.includes("broken:1")
          ? noLayer
          : undefined
        : undefined,
    );
    const report = await scene.run(tooOld);
    expect(outcomesOf(report)).toEqual({ "sound:1": "removed", "broken:1": "failed", "sound:2": "removed" });
    expect(imageIn(report, id).outcomeDetail).toBe(
      "The engine says: layer does not exist (HTTP status 500).",
    );
    expect(exitCodeOf(report)).toBe(3);
    expect(imageIn(await scene.run(tooOld), id).outcome).toBe("failed");
    expect(imageIn(await scene.run(tooOld), id).verdict.reasons).toEqual(["failed-before"]);
    expect(scene.names()).toEqual(["broken:1"]);
  });

  it("keeps its names where one of them has moved by the list", async () => {
    const { scene, id } = await damagedScene(["broken:1", "broken:2"], (method, path, broken) =>
      method === "GET" && isInspection(path) && (path.includes(broken) || path.includes("broken:"))
        ? noLayer
        : undefined,
    );
    await scene.run();
    const report = await scene.run(tooOld);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.names()).toEqual([]);
  });
});

describe("an image that is listed and not found by its ID", () => {
  const notFound = (method: string, path: string, id: ImageId) =>
    path.startsWith(`/images/${id}`) || (method === "GET" && isInspection(path) && path.includes("broken:"))
      ? noManifest
      : undefined;

  it.each<[string, readonly string[]]>([
    ["one name", ["broken:1"]],
    ["several names", ["broken:1", "broken:2", "broken:3"]],
  ])("is not gone, and goes by name: %s", async (_, names) => {
    const { scene, id } = await damagedScene(names, notFound);
    const report = await scene.run(tooOld);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(imageIn(report, "sound:2").outcome).toBe("removed");
    expect(scene.names()).toEqual([]);
    expect(exitCodeOf(report)).toBe(0);
  });

  it("has failed to go where no name helps, and is not reported as gone", async () => {
    const { scene, id } = await damagedScene([], notFound);
    const report = await scene.run(tooOld);
    expect(imageIn(report, id).outcome).toBe("failed");
    expect(exitCodeOf(report)).toBe(3);
  });
});

it("many images that somebody else removes meanwhile cost one listing", async () => {
  const scene = await startScene();
  for (let number = 0; number < 20; number += 1) scene.engine.load({ name: `app:${number}` });
  await scene.run();
  scene.before("DELETE", /^\/images\//, () => {
    for (const { id } of [...scene.engine.images.all()]) scene.engine.removeImage(id);
  });
  scene.practice.requests.length = 0;
  await scene.run(tooOld);
  // The plan's, the one for those that are gone, and the last look.
  expect(scene.requests("GET").filter((path) => path.startsWith("/images/json")).length).toBeLessThanOrEqual(
    3,
  );
});
