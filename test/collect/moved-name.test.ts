import { expect, it } from "vitest";
import type { PolicyRecipe } from "../core/build.js";
import { everything, startScene, type Scene } from "./scene.js";

const keepOther: PolicyRecipe = { ...everything, keep: ["other:*"] };

async function sceneWithTwo(): Promise<{ scene: Scene; going: string; other: string }> {
  const scene = await startScene();
  const going = scene.engine.load({ name: ["app:1", "app:2"] });
  const other = scene.engine.load({ name: "other:1" });
  await scene.run();
  return { scene, going, other };
}

it("gives a name back to the image that got it between the look and the removal", async () => {
  const { scene, other } = await sceneWithTwo();
  scene.before("DELETE", /app:2/, () => scene.engine.tag(other, "app:2"));
  await scene.run(keepOther);
  expect(scene.names()).toEqual(["app:2", "other:1"]);
  expect(scene.engine.images.find("app:2")?.id).toBe(other);
});

it("does so too when the engine stops answering later on", async () => {
  const { scene, going, other } = await sceneWithTwo();
  scene.practice.onRequest = (method, path) => {
    if (method !== "DELETE") return undefined;
    if (path.includes("app:2")) scene.engine.tag(other, "app:2");
    return path.includes(going) ? { kind: "answer", status: 409, body: { message: "no" } } : undefined;
  };
  await scene.run(keepOther);
  expect(scene.engine.images.find("app:1")?.id).toBe(going);
  expect(scene.engine.images.find("app:2")?.id).toBe(other);
});
