import { describe, expect, it } from "vitest";
import { baseUses, namedBaseUses } from "../../../../src/core/uses/base-uses.js";
import { nextLayerRecord, emptyLayerRecord } from "../../../../src/core/layers/layer-record.js";
import { image, imageId } from "../../../support/values.js";

/** Images made of these layers, lowest first. */
function record(images: Readonly<Record<string, readonly string[]>>) {
  const learned = Object.entries(images).map(([word, layers]) => {
    const diffIds = layers.map((layer) => imageId(layer));
    return [
      imageId(word),
      {
        diffIds,
        history: layers.map(() => ({ createdBy: "", bytes: 1 })),
        taggedAt: null,
        sumBytes: layers.length,
        content: null,
      },
    ] as const;
  });
  return nextLayerRecord(emptyLayerRecord, new Map(learned), new Map(learned));
}

const layers = record({
  debian: ["debian"],
  node: ["debian", "node"],
  nodeAgain: ["debian", "node"],
  app: ["debian", "node", "app"],
  other: ["alpine", "node"],
});

function basesOf(...arrivals: readonly [string, number][]) {
  return new Map(baseUses(layers, new Map(arrivals.map(([word, at]) => [imageId(word), at]))));
}

describe("the bases of what is new", () => {
  it("are all images whose layers are the beginning of its own, and no others", () => {
    const use = { at: 7, kind: "base", by: `image:${imageId("app")}` };
    expect(basesOf(["app", 7])).toEqual(
      new Map([
        [imageId("debian"), use],
        [imageId("node"), use],
        [imageId("nodeAgain"), use],
      ]),
    );
  });

  it("were used by the latest of several", () => {
    const use = { at: 9, kind: "base", by: `image:${imageId("node")}` };
    expect(basesOf(["app", 7], ["node", 9]).get(imageId("debian"))).toEqual(use);
    expect(basesOf(["node", 9], ["app", 7]).get(imageId("debian"))).toEqual(use);
  });

  it("are not those with the very same layers, which a rebuild with another label has superseded", () => {
    const use = { at: 7, kind: "base", by: `image:${imageId("node")}` };
    expect(basesOf(["node", 7])).toEqual(new Map([[imageId("debian"), use]]));
    expect(basesOf(["node", 7], ["nodeAgain", 9]).has(imageId("node"))).toBe(false);
  });

  it("are none where nothing is new", () => {
    expect(basesOf().size).toBe(0);
    expect(basesOf(["debian", 1]).size).toBe(0);
  });
});

describe("the images that something new says it was built with", () => {
  const platform = imageId("platform of compiler");
  const images = new Map(
    [image("compiler", { manifests: [platform] }), image("tools"), image("other"), image("app")].map(
      (each) => [each.id, each] as const,
    ),
  );
  const details = { diffIds: [], history: [], taggedAt: null, sumBytes: 0, content: null };
  const usesOf = (...bases: readonly string[]) =>
    namedBaseUses(images, new Map([[imageId("app"), { ...details, bases }]]), new Map([[imageId("app"), 7]]));
  const use = { at: 7, kind: "base", by: `image:${imageId("app")}` };

  it("are used then, by the digest of the image or of its platform, and no others", () => {
    expect(usesOf(imageId("tools"), platform, imageId("gone"))).toEqual(
      new Map([
        [imageId("tools"), use],
        [imageId("compiler"), use],
      ]),
    );
  });

  it("are none where nothing is told, and nothing is used by what is not new", () => {
    expect(usesOf().size).toBe(0);
    const learned = new Map([[imageId("app"), { ...details, bases: [imageId("tools")] }]]);
    expect(namedBaseUses(images, learned, new Map()).size).toBe(0);
  });
});
