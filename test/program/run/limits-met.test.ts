import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import { renderQuiet } from "../../support/render-quiet.js";
import type { PolicyRecipe } from "../../support/values.js";
import type { Fault } from "../../practice-engine/fault.js";
import { hour, imageIn, minute, startScene, type Scene } from "../../support/scene.js";

const heldUnseen: Fault = {
  kind: "answer",
  status: 409,
  body: { message: "image is in use by external container 12ab" },
};

/** Three images of 1 MB that are used one after the other, and before them one that the engine does not give away. */
async function stuckScene(megabytes: number, names: readonly string[] = ["stuck:1"]) {
  const scene = await startScene();
  const id = scene.engine.load({ name: names, megabytes });
  for (const n of [1, 2, 3]) {
    scene.clock.pass(minute);
    scene.engine.load({ name: `app:${n}`, megabytes: 1 });
  }
  scene.practice.onRequest = (method, path) =>
    method === "DELETE" && path.includes(id) ? heldUnseen : undefined;
  return { scene, id };
}

/** What a run does to the names of the engine, and how it ends. */
async function endOf(scene: Scene, limits: PolicyRecipe) {
  const report = await scene.run(limits);
  return { names: scene.names(), exitCode: exitCodeOf(report), report };
}

describe("a quota", () => {
  const limits = { quotaBytes: 4_500_000 };

  it("is not met by an image that is planned and refused: exit 6, and what stands in the way is named", async () => {
    const { scene } = await stuckScene(2);
    const { names, exitCode, report } = await endOf(scene, limits);
    expect(names).toEqual(["app:1", "app:2", "app:3", "stuck:1"]);
    expect(exitCode).toBe(6);
    expect(report.unmetLimits).toMatchObject([{ limit: "quota", remainingBytes: 5_000_000 }]);
    expect(renderQuiet(report).join("\n")).toContain(
      "In the way: stuck:1 (1.91 MiB: The engine says: image is in use by external container 12ab",
    );
  });

  it("is met by others once an image has been refused twice, and a dry run lists them before", async () => {
    const { scene, id } = await stuckScene(2);
    await scene.run(limits);
    await scene.run(limits);
    const dry = await scene.run(limits, { mode: "dry-run" });
    expect(imageIn(dry, id).verdict.reasons).toEqual(["failed-before"]);
    expect(imageIn(dry, "app:1").verdict).toEqual({ kind: "remove", reasons: ["quota"] });
    const { names, exitCode, report } = await endOf(scene, limits);
    expect(names).toEqual(["app:2", "app:3", "stuck:1"]);
    expect(exitCode).toBe(0);
    expect(report.unmetLimits).toEqual([]);
  });

  it("that an image alone is beyond costs the others nothing, however often it is tried", async () => {
    const { scene } = await stuckScene(60);
    for (let run = 0; run < 8; run += 1) {
      const { names, exitCode, report } = await endOf(scene, limits);
      expect(names).toEqual(["app:1", "app:2", "app:3", "stuck:1"]);
      expect(exitCode).toBe(6);
      expect(report.unmetLimits).toMatchObject([{ inTheWay: [{ image: { tags: ["stuck:1"] } }] }]);
      scene.clock.pass(2 * hour);
    }
  });

  it("is not met either where an image came into use meanwhile, which is no failure of its own", async () => {
    const { scene, id } = await stuckScene(2);
    scene.before("DELETE", new RegExp(id), () => scene.engine.createContainer("stuck:1"));
    const { exitCode, report } = await endOf(scene, limits);
    expect(imageIn(report, id).outcome).toBe("refused");
    expect(exitCode).toBe(6);
    expect(report.unmetLimits).toMatchObject([
      { holders: [{ reason: "within-limits" }, { reason: "in-use", bytes: 2_000_000 }], inTheWay: [] },
    ]);
    expect(scene.record().failedRemovals.size).toBe(0);
    expect((await endOf(scene, limits)).names).toEqual(["app:2", "app:3", "stuck:1"]);
  });

  it("is not waited for by an image whose names never match", async () => {
    const { scene, id } = await stuckScene(2);
    scene.practice.onRequest = (_, path): Fault | undefined =>
      path.startsWith(`/images/${id}/json`)
        ? { kind: "transform", body: (text) => text.replace('"stuck:1"', '"stuck:other"') }
        : undefined;
    for (const time of ["first", "second"]) {
      const { names, exitCode, report } = await endOf(scene, limits);
      expect(imageIn(report, id).outcome, time).toBe("skipped");
      expect([names.length, exitCode], time).toEqual([4, 6]);
    }
    expect(await endOf(scene, limits)).toMatchObject({
      names: ["app:2", "app:3", "stuck:1"],
      exitCode: 0,
    });
  });
});

describe("free space", () => {
  it("is not had by what is refused, also where it cannot be measured again", async () => {
    const { scene } = await stuckScene(2);
    let measurements = 0;
    const measureFilesystem = () => {
      if (++measurements > 2) return Promise.reject(new Error("I/O error"));
      return Promise.resolve({ totalBytes: 10_000_000, freeBytes: 1_000_000, totalInodes: 9, freeInodes: 9 });
    };
    const report = await scene.run({ minFreeBytes: 2_000_000 }, { measureFilesystem });
    expect(report.unmetLimits).toMatchObject([{ limit: "min-free", freeBytes: 1_000_000 }]);
    expect(exitCodeOf(report)).toBe(6);
  });
});

it("an image with several names that is refused for ever is not taken apart in every run", async () => {
  const { scene, id } = await stuckScene(2, ["stuck:1", "stuck:2", "stuck:3"]);
  const takenApart: number[] = [];
  for (let run = 0; run < 12; run += 1) {
    scene.practice.requests.length = 0;
    await scene.run({ maxAgeMs: 0, keep: ["app:*"] });
    takenApart.push(scene.deletes().length);
    scene.clock.pass(5 * minute);
  }
  expect(takenApart).toEqual([3, 3, ...Array<number>(10).fill(0)]);
  expect(names(scene, id)).toEqual(["stuck:1", "stuck:2", "stuck:3"]);
});

function names(scene: Scene, id: ImageId): string[] {
  return scene.engine.images.namesOf(id).map((name) => name.replace("docker.io/library/", ""));
}
