import { describe, expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import { day, hour, imageIn, minute, outcomesOf, startScene, type Scene } from "../../support/scene.js";

const limits = { maxAgeMs: 7 * day, graceMs: hour, keepRecent: 0 } as const;

/** Images that the next run finds too old, and one that was just used. */
async function oldImages(...names: readonly string[]): Promise<Scene> {
  const scene = await startScene();
  for (const name of names) {
    scene.clock.pass(minute);
    scene.engine.load({ name });
  }
  scene.engine.load({ name: "young:1" });
  await scene.run();
  scene.clock.pass(8 * day);
  scene.engine.run("young:1");
  await scene.run();
  return scene;
}

describe("a container that came and went spares its image", () => {
  it.each<[string, string, RegExp]>([
    ["while another image is looked at", "GET", /^\/images\/sha256:\w+\/json/],
    ["while the containers are listed", "GET", /^\/containers\/json/],
    ["in the moment in which another image goes", "DELETE", /^\/images\//],
  ])("%s", async (_, method, path) => {
    const scene = await oldImages("first:1", "victim:1");
    // The first listing of containers is the plan's.
    let seen = 0;
    scene.practice.onRequest = (asked, at) => {
      if (asked !== method || !path.test(at) || ++seen !== (path.source.includes("containers") ? 2 : 1))
        return;
      scene.engine.run("victim:1");
      return undefined;
    };
    const report = await scene.run(limits);
    expect(outcomesOf(report)).toMatchObject({ "first:1": "removed", "victim:1": "skipped" });
    expect(imageIn(report, "victim:1").outcomeDetail).toBe("It was used after the plan was made.");
  });

  it("while the layers of new images are learned, or an engine that is slow takes minutes", async () => {
    const scene = await oldImages("victim:1");
    const id = scene.engine.load({ name: "new:1" });
    scene.before("GET", new RegExp(`/images/${id}/json`), () => {
      scene.engine.run("victim:1");
      scene.clock.pass(2 * minute);
    });
    expect(outcomesOf(await scene.run(limits))).toMatchObject({ "victim:1": "skipped" });
  });
});

it("nothing goes where the engine has forgotten what happened since the plan, and nothing failed", async () => {
  const scene = await oldImages("first:1", "second:1");
  scene.before("GET", /^\/images\/sha256:\w+\/json/, () => {
    for (let time = 0; time < 60; time += 1) scene.engine.run("young:1");
  });
  const report = await scene.run(limits);
  expect(outcomesOf(report)).toMatchObject({ "first:1": "skipped", "second:1": "skipped" });
  expect(imageIn(report, "first:1").outcomeDetail).toMatch(/no longer remembers/);
  expect(exitCodeOf(report)).toBe(0);
  expect(scene.deletes()).toEqual([]);
  expect(outcomesOf(await scene.run(limits))).toMatchObject({ "first:1": "removed", "second:1": "removed" });
});

it("the parents of an image that stays are left whole: their removal is not begun", async () => {
  const scene = await startScene();
  const base = scene.engine.load({ name: ["base:1", "base:2"] });
  const middle = scene.engine.build({ parent: base, name: ["middle:1", "middle:2"] });
  const child = scene.engine.build({ parent: middle, name: "child:1" });
  scene.engine.load({ name: "other:1" });
  scene.before("GET", new RegExp(`/images/${child}/json`), () => undefined);
  await scene.run();
  scene.clock.pass(8 * day);
  scene.before("GET", new RegExp(`/images/${child}/json`), () => scene.engine.createContainer("child:1"));
  const report = await scene.run({ maxAgeMs: 7 * day });
  expect(outcomesOf(report)).toEqual({
    "child:1": "skipped",
    "middle:1": "skipped",
    "base:1": "skipped",
    "other:1": "removed",
  });
  expect(imageIn(report, "base:1").outcomeDetail).toBe("An image that was built on it stays.");
  expect(scene.names()).toEqual(["base:1", "base:2", "child:1", "middle:1", "middle:2"]);
  expect(scene.deletes().filter((path) => !path.includes(child))).toHaveLength(1);
});
