import { describe, expect, it } from "vitest";
import { heldByEnded } from "../../../../src/core/results/disk.js";
import { facts, imageId, layer } from "../../../support/values.js";

const base = layer("base", 1000);
const image = (word: string, inUseBy: readonly string[]) => {
  return { ...facts(word), topLayer: layer(word, 10, base), inUseBy };
};
const ended = (word: string, createdAt: number) => ({ imageId: imageId(word), createdAt });

describe("what ended containers hold", () => {
  it("are images in no other use, and the bytes that would go with all of them", () => {
    const images = [
      image("one", ["container:a"]),
      image("two", ["container:b", "container:c"]),
      image("running", ["container:d", "container:e"]),
      image("idle", []),
    ];
    const containers = [
      ended("one", 5),
      ended("two", 3),
      ended("two", 9),
      ended("running", 1),
      ended("gone", 0),
    ];
    expect(heldByEnded(containers, images)).toEqual({
      containers: 3,
      images: 2,
      bytes: 20,
      oldestAt: 3,
      newestAt: 9,
    });
  });

  it("counts the layers that only such images share", () => {
    expect(
      heldByEnded([ended("one", 1), ended("two", 2)], [image("one", ["x"]), image("two", ["y"])]),
    ).toMatchObject({ images: 2, bytes: 1020 });
  });

  it("is nothing where none ended, or others use the same", () => {
    expect(heldByEnded([], [image("one", ["container:a"])])).toBeNull();
    expect(heldByEnded([ended("one", 1)], [image("one", ["container:a", "service:web"])])).toBeNull();
  });
});
