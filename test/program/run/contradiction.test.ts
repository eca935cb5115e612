import { expect, it } from "vitest";
import { exitCodeOf } from "../../../src/core/results/exit-code.js";
import { everything, imageIn, startScene } from "../../support/scene.js";

it("does not take a 404 for an image that is there for its end, and gives it its names back", async () => {
  const scene = await startScene();
  const id = scene.engine.load({ name: ["app:1", "app:2", "tool:1"] });
  scene.practice.onRequest = (method, path) =>
    method === "DELETE" && path.includes(id)
      ? { kind: "answer", status: 404, body: { message: "no such image" } }
      : undefined;
  const report = await scene.run(everything);
  expect(imageIn(report, id)).toMatchObject({
    outcome: "failed",
    outcomeDetail: "The engine says: no such image (HTTP status 404). It has the image all the same.",
  });
  expect(exitCodeOf(report)).toBe(3);
  expect(scene.names()).toEqual(["app:1", "app:2", "tool:1"]);
});
