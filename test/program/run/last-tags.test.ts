import { expect, it } from "vitest";
import { everything, imageIn, startScene } from "../../support/scene.js";

it("takes an image that lost its tag by the tag that it had, in every later run", async () => {
  const scene = await startScene();
  const old = scene.engine.load({ name: "ci/web:1", content: "old" });
  const other = scene.engine.load({ name: "prod/web:1", content: "other" });
  await scene.run();
  scene.engine.load({ name: "ci/web:1", content: "new" });
  scene.engine.load({ name: "prod/web:1", content: "newer" });
  await scene.run();
  await scene.run();
  expect(scene.recordOf(old).lastTags).toBe("ci/web:1");
  const report = await scene.run({ ...everything, only: ["ci/*:1"] });
  expect(imageIn(report, old)).toMatchObject({ outcome: "removed" });
  expect(imageIn(report, other).verdict).toMatchObject({ kind: "keep" });
  expect(imageIn(report, "prod/web:1").verdict.kind).toBe("keep");
  expect(report.warnings).toEqual([]);
});
