import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { ImageId } from "../../../src/core/image/image.js";
import { renderQuiet } from "../../support/render-quiet.js";
import type { Fault } from "../../practice-engine/fault.js";
import { everything, hour, imageIn, minute, startScene, type Scene } from "../../support/scene.js";

const broken: Fault = { kind: "answer", status: 500, body: { message: "device busy" } };

/** An image whose removal fails for as long as nothing else is said, and one that can go. */
async function brokenScene(): Promise<{ scene: Scene; id: ImageId }> {
  const scene = await startScene();
  const id = scene.engine.load({ name: "broken:1" });
  scene.practice.onRequest = (method, path) =>
    method === "DELETE" && path.includes(id) ? broken : undefined;
  return { scene, id };
}

/** What a run makes of the image: its outcome, or why it is left alone. */
async function attempt(scene: Scene, id: ImageId): Promise<string> {
  const report = await scene.run(everything);
  const { outcome, verdict } = imageIn(report, id);
  expect(exitCodeOf(report) === 3).toBe(outcome === "failed");
  return outcome ?? verdict.reasons.join();
}

describe("an image whose removal fails", () => {
  it("is tried again in the next run, then after an hour, four, and a day, and so on", async () => {
    const { scene, id } = await brokenScene();
    expect(await attempt(scene, id)).toBe("failed");
    expect(await attempt(scene, id)).toBe("failed");
    for (const waitMs of [hour, 4 * hour, 24 * hour, 24 * hour]) {
      expect(await attempt(scene, id)).toBe("failed-before");
      scene.clock.pass(waitMs - minute);
      expect(await attempt(scene, id)).toBe("failed-before");
      scene.clock.pass(minute);
      expect(await attempt(scene, id)).toBe("failed");
    }
  });

  it("is told of in full when it fails, and not by a quiet run that leaves it alone", async () => {
    const { scene, id } = await brokenScene();
    const limits = { maxAgeMs: 0 };
    for (const time of ["first", "second"]) {
      expect(renderQuiet(await scene.run(limits)).join(), time).toContain(
        "failed broken:1: The engine says: device",
      );
    }
    const report = await scene.run(limits);
    expect(renderQuiet(report)).toEqual([]);
    expect(exitCodeOf(report)).toBe(0);
    const { retryAt } = imageIn(report, id);
    expect(retryAt).toBeGreaterThan(scene.clock.time + 59 * minute);
    expect(retryAt).toBeLessThanOrEqual(scene.clock.time + hour);
  });

  it("costs the others nothing, and still holds its bytes", async () => {
    const { scene, id } = await brokenScene();
    await scene.run(everything);
    await scene.run(everything);
    const other = scene.engine.load({ name: "other:1" });
    const report = await scene.run(everything);
    expect(imageIn(report, other).outcome).toBe("removed");
    expect(imageIn(report, id).verdict).toEqual({ kind: "keep", reasons: ["failed-before"] });
    expect(report.usage.beforeBytes).toBe(2_000_000);
    expect(report.unmetLimits).toMatchObject([
      { limit: "quota", holders: [{ reason: "failed-before", bytes: 1_000_000 }] },
    ]);
    expect(exitCodeOf(report)).toBe(6);
  });

  it("is forgotten when it goes, by our hand or another's", async () => {
    for (const remove of [
      async (scene: Scene) => {
        scene.practice.onRequest = undefined;
        scene.clock.pass(hour);
        await scene.run(everything);
      },
      async (scene: Scene, id: ImageId) => {
        scene.engine.removeImage(id);
        await scene.run();
      },
    ]) {
      const { scene, id } = await brokenScene();
      await scene.run(everything);
      await scene.run(everything);
      expect(scene.record().failedRemovals.get(id)).toMatchObject({ failures: 2 });
      await remove(scene, id);
      expect(scene.record().failedRemovals.size).toBe(0);
    }
  });

  it("is remembered also when the engine then goes away", async () => {
    const { scene, id } = await brokenScene();
    let gone = false;
    scene.practice.onRequest = (method, path) => {
      if (method === "DELETE" && path.includes(id)) gone = true;
      return gone ? { kind: "cut", afterBytes: 0 } : undefined;
    };
    expect(exitCodeOf(await scene.run(everything))).toBe(4);
    expect(scene.record().failedRemovals.get(id)).toMatchObject({ failures: 1 });
  });

  it("did not fail where it was refused", async () => {
    const { scene, id } = await brokenScene();
    scene.before("DELETE", /./, () => scene.engine.createContainer(id));
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("refused");
    expect(scene.record().failedRemovals.size).toBe(0);
  });

  it("is listed by a dry run as the next run takes it", async () => {
    const { scene, id } = await brokenScene();
    await scene.run(everything);
    await scene.run(everything);
    const options = { mode: "dry-run" } as const;
    expect(imageIn(await scene.run(everything, options), id).verdict.reasons).toEqual(["failed-before"]);
    scene.clock.pass(hour);
    expect(imageIn(await scene.run(everything, options), id).verdict).toMatchObject({ kind: "remove" });
  });
});
