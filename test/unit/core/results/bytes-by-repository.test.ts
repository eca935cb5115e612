import { expect, test } from "vitest";
import { bytesByRepository } from "../../../../src/core/results/bytes-by-repository.js";
import type { Layer } from "../../../../src/core/layers/layer-set.js";
import { image, layer } from "../../../support/values.js";

const base = layer("base", 100);

function tagged(tags: readonly string[], topLayer: Layer) {
  return { image: image(tags.join(), { tags }), topLayer };
}

test("a repository has the layers of its images once, and of its own what no other image needs", () => {
  const shared = layer("shared", 20, base);
  const images = [
    tagged(["shop/web:1"], layer("web 5", 5, shared)),
    tagged(["shop/web:2"], layer("web 7", 7, shared)),
    tagged(["redis:7", "cache:7"], layer("redis", 3, base)),
    tagged([], layer("untagged", 1)),
  ];
  expect(bytesByRepository(images)).toEqual({
    sharedBytes: 120,
    repositories: [
      { repository: "shop/web", images: 2, bytes: 132, ownBytes: 32 },
      { repository: "cache", images: 1, bytes: 103, ownBytes: 3 },
      { repository: "redis", images: 1, bytes: 103, ownBytes: 3 },
      { repository: null, images: 1, bytes: 1, ownBytes: 1 },
    ],
  });
});

test("of two equal images neither has anything of its own, and their repository has all", () => {
  const images = ["app:1", "app:2"].map((tag) => tagged([tag], base));
  expect(bytesByRepository(images)).toEqual({
    sharedBytes: 100,
    repositories: [{ repository: "app", images: 2, bytes: 100, ownBytes: 100 }],
  });
});

test("without images there is nothing", () => {
  expect(bytesByRepository([])).toEqual({ sharedBytes: 0, repositories: [] });
});
