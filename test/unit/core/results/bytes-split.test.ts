import { expect, it } from "vitest";
import { splitBytes } from "../../../../src/core/results/bytes-split.js";
import { layersOfAll, type SizeModel } from "../../../../src/core/layers/image-layers.js";
import { emptyLayerRecord, nextLayerRecord } from "../../../../src/core/layers/layer-record.js";
import type { LayerDetails } from "../../../../src/core/layers/layer-record.js";
import type { Image } from "../../../../src/core/image/image.js";
import { image } from "../../../support/values.js";

/** On one base of 1,000 bytes, which is 100 packed; a layer of 10 on it, which is 7 packed; a manifest of 1. */
function learned(word: string): LayerDetails {
  const blob = (name: string, bytes: number) => ({ digest: `blob of ${name}`, bytes });
  return {
    diffIds: ["base", `own ${word}`],
    history: [1_000, 10].map((bytes) => ({ bytes, createdBy: "RUN" })),
    sumBytes: 1_010,
    taggedAt: null,
    content: {
      listedBytes: 1_118,
      unpackedBytes: 1_010,
      others: [],
      blobs: { ofLayers: [blob("base", 100), blob(word, 7)], others: [blob(`manifest of ${word}`, 1)] },
      platformBytes: 108,
      otherBytes: 0,
    },
  };
}

function splitIn(model: SizeModel) {
  const each: readonly Image[] = ["one", "two"].map((word) => image(word, { sizeBytes: 1_118 }));
  const images = new Map(each.map((one) => [one.id, one]));
  const told = new Map(each.map((one, index) => [one.id, learned(["one", "two"][index] ?? "")]));
  const record = nextLayerRecord(emptyLayerRecord, told, images);
  const layersOf = layersOfAll(images, record, model);
  return splitBytes(images, each.map(layersOf), record, model);
}

it("in the containerd store, unpacked layers and content count apart, and each is shared", () => {
  expect(splitIn("layers-and-content")).toEqual({
    unpackedBytes: 1_020,
    contentBytes: 116,
    sharedBytes: 1_100,
  });
});

it("in a classic store all is unpacked", () => {
  expect(splitIn("layers")).toEqual({ unpackedBytes: 1_020, contentBytes: 0, sharedBytes: 1_000 });
});
