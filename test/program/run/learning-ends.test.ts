import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { rejectionOf } from "../../support/failure-of.js";
import { layerOf } from "../../practice-engine/recipe.js";
import { startScene } from "../../support/scene.js";

it("asks for no more layers once an answer could not be used", async () => {
  const scene = await startScene();
  for (let number = 0; number < 100; number += 1)
    scene.engine.load({ name: `many:${number}`, layers: [layerOf(`below ${number}`, 1000)], megabytes: 1 });
  let histories = 0;
  scene.practice.onRequest = (_, path) => {
    if (!path.endsWith("/history")) return undefined;
    histories += 1;
    return histories === 1 ? { kind: "transform", body: () => "banana" } : undefined;
  };
  expect((await rejectionOf(scene.run())).code).toBe("engine");
  await sleep(500);
  expect(histories).toBeLessThan(30);
});
