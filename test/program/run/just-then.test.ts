import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import type { Fault } from "../../practice-engine/fault.js";
import { storedName } from "../../practice-engine/names.js";
import { everything, imageIn, outcomesOf, startScene, type Scene } from "../../support/scene.js";

/** What somebody else, or the engine itself, does at the very moment of a removal. */
function atRemoval(scene: Scene, path: RegExp, deed: () => Fault | undefined): void {
  let done = false;
  scene.practice.onRequest = (method, asked) => {
    if (done || method !== "DELETE" || !path.test(asked)) return undefined;
    done = true;
    return deed();
  };
}

/** The names of an image in the order in which they go, the last one with the image. */
async function sceneWithNames(): Promise<{ scene: Scene; id: string }> {
  const scene = await startScene();
  return { scene, id: scene.engine.load({ name: ["app:1", "app:2", "app:3"] }) };
}

describe("at the very moment of a removal", () => {
  it("a name that goes by itself is no hindrance", async () => {
    const { scene, id } = await sceneWithNames();
    atRemoval(scene, /app:2/, () => {
      scene.engine.untag("app:2");
      return undefined;
    });
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(scene.names()).toEqual([]);
  });

  it("a name that moves to an image without another takes that image along: that is told, and an end is made", async () => {
    const { scene, id } = await sceneWithNames();
    scene.clock.pass(1000);
    scene.engine.load({ name: "later:1" });
    atRemoval(scene, /app:2/, () => void scene.engine.load({ name: "app:2", megabytes: 7 }));
    const report = await scene.run(everything);
    expect(report.stoppedBy).toMatchObject({ code: "engine" });
    expect(report.stoppedBy?.message).toMatch(/app:2 made the engine delete .*, which was not asked for/);
    expect(exitCodeOf(report)).toBe(4);
    expect(imageIn(report, id).outcome).toBe("failed");
    expect(outcomesOf(report)).toMatchObject({ "later:1": null });
    expect(scene.names()).toEqual(["app:1", "app:2", "app:3", "later:1"]);
  });

  it("the other names of the image go, so that the image goes with one that was to go first", async () => {
    const { scene, id } = await sceneWithNames();
    atRemoval(scene, /app:2/, () => {
      for (const name of ["app:1", "app:3"]) scene.engine.images.dropName(storedName(name));
      return undefined;
    });
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("removed");
    expect(report.stoppedBy).toBeNull();
    expect(exitCodeOf(report)).toBe(0);
  });

  it("an engine that takes the last name, and then fails, leaves the image its name", async () => {
    const scene = await startScene();
    const id = scene.engine.load({ name: "app:1" });
    atRemoval(scene, /sha256/, () => {
      scene.engine.images.dropName(storedName("app:1"));
      return { kind: "answer", status: 500, body: { message: "device busy" } };
    });
    const report = await scene.run(everything);
    expect(imageIn(report, id).outcome).toBe("failed");
    expect(scene.names()).toEqual(["app:1"]);
  });

  it("one 404 does not make an image gone: its names come back", async () => {
    const { scene, id } = await sceneWithNames();
    atRemoval(scene, /sha256/, () => ({ kind: "answer", status: 404, body: { message: "no such image" } }));
    const report = await scene.run(everything);
    expect(imageIn(report, id)).toMatchObject({ outcome: "failed" });
    expect(scene.names()).toEqual(["app:1", "app:2", "app:3"]);
  });

  it("a container that comes and goes while another image's removal takes long is a use", async () => {
    const scene = await startScene();
    scene.engine.load({ name: "first:1" });
    scene.clock.pass(1000);
    const second = scene.engine.load({ name: "second:1" });
    await scene.run();
    scene.clock.pass(1000);
    atRemoval(scene, /sha256/, () => {
      scene.engine.run("second:1");
      return { kind: "delay", ms: 1_100 };
    });
    const report = await scene.run(everything);
    expect(imageIn(report, second)).toMatchObject({
      outcome: "skipped",
      outcomeDetail: "It was used after the plan was made.",
    });
    expect(scene.names()).toEqual(["second:1"]);
  });
});

it("a name that the engine lists without its tag goes as what it is", async () => {
  const scene = await startScene();
  const id = scene.engine.load({ name: ["app:1", "tool:latest"] });
  scene.practice.onRequest = (method, path) =>
    method === "GET" && path.startsWith("/images/")
      ? { kind: "transform", body: (text) => text.replaceAll('"tool:latest"', '"tool"') }
      : undefined;
  const report = await scene.run(everything);
  expect(imageIn(report, id).outcome).toBe("removed");
  for (const path of scene.deletes()) expect(path).toMatch(/sha256|:1\?|:latest\?/);
});
