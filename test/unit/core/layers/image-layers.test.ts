import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layersOfAll } from "../../../../src/core/layers/image-layers.js";
import type { Image, ImageId } from "../../../../src/core/image/image.js";
import type { LayerDetails } from "../../../../src/core/layers/layer-record.js";
import { emptyLayerRecord, nextLayerRecord } from "../../../../src/core/layers/layer-record.js";
import { LayerSet } from "../../../../src/core/layers/layer-set.js";
import { image, imageId } from "../../../support/values.js";

/** An image of a test: its layers by name, and which of their sizes its history tells. */
interface Recipe {
  readonly layers: readonly string[];
  readonly told: readonly (number | null)[];
  readonly size: number;
}

function detailsOf({ layers, told, size }: Recipe): LayerDetails {
  // A history that ends at the first layer whose size is not told.
  const end = told.indexOf(null);
  const history = told
    .slice(0, end < 0 ? told.length : end)
    .map((bytes) => ({ bytes: bytes ?? 0, createdBy: "RUN" }));
  return { diffIds: layers, history, sumBytes: size, taggedAt: null, content: null };
}

function resolve(recipes: Readonly<Record<string, Recipe>>, model: "layers" | "layers-and-own" = "layers") {
  const images = new Map<ImageId, Image>();
  const learned = new Map<ImageId, LayerDetails>();
  for (const [word, recipe] of Object.entries(recipes)) {
    images.set(imageId(word), image(word, { sizeBytes: recipe.size }));
    const details = detailsOf(recipe);
    learned.set(imageId(word), model === "layers" ? details : { ...details, sumBytes: null });
  }
  const layersOf = layersOfAll(images, nextLayerRecord(emptyLayerRecord, learned, images), model);
  const found = new Map([...images.values()].map((each) => [each.id, layersOf(each)]));
  const bytesOf = (...words: readonly string[]): number => {
    const set = new LayerSet();
    for (const word of words) set.add(found.get(imageId(word))?.topLayer ?? null);
    return set.totalBytes;
  };
  return { bytesOf, isExact: (word: string) => found.get(imageId(word))?.exact === true };
}

describe("the layers of all images", () => {
  it("are what the histories say", () => {
    const { bytesOf, isExact } = resolve({
      one: { layers: ["base", "one"], told: [100, 5], size: 105 },
      two: { layers: ["base", "two"], told: [100, 7], size: 107 },
    });
    expect([bytesOf("one"), bytesOf("two"), bytesOf("one", "two")]).toEqual([105, 107, 112]);
    expect(isExact("one") && isExact("two")).toBe(true);
  });

  it("follow from the sizes where one image is the beginning of another, without any history", () => {
    const { bytesOf, isExact } = resolve({
      base: { layers: ["a", "b"], told: [null, null], size: 100 },
      app: { layers: ["a", "b", "c"], told: [null, null, null], size: 130 },
      tool: { layers: ["a", "b", "d"], told: [null, null, null], size: 120 },
    });
    expect([bytesOf("base", "app"), bytesOf("app", "tool")]).toEqual([130, 150]);
    expect(["base", "app", "tool"].every(isExact)).toBe(true);
  });

  it("take an open layer for shared as far as it can be, and say that they are not exact", () => {
    const { bytesOf, isExact } = resolve({
      one: { layers: ["base", "one"], told: [null, null], size: 105 },
      two: { layers: ["base", "two"], told: [null, null], size: 107 },
    });
    expect([bytesOf("one"), bytesOf("two"), bytesOf("one", "two")]).toEqual([105, 107, 107]);
    expect(isExact("one") || isExact("two")).toBe(false);
  });

  it("learn a size from the image whose history tells it", () => {
    const { bytesOf, isExact } = resolve({
      one: { layers: ["base", "one"], told: [null, null], size: 105 },
      two: { layers: ["base", "two"], told: [100, 7], size: 107 },
    });
    expect(bytesOf("one", "two")).toBe(112);
    expect(isExact("one") && isExact("two")).toBe(true);
  });

  it("are not exact where sizes and histories contradict each other, and never below nothing", () => {
    const { bytesOf, isExact } = resolve({
      one: { layers: ["base", "one"], told: [100, 5], size: 105 },
      odd: { layers: ["base"], told: [null], size: 60 },
    });
    expect(isExact("one")).toBe(false);
    expect(bytesOf("one", "odd")).toBeGreaterThanOrEqual(0);
  });

  it("count an image that could not be read as nothing, and no other as exact", () => {
    const [known, odd] = [image("known", { sizeBytes: 10 }), image("odd", { sizeBytes: 99 })];
    const images = new Map([known, odd].map((each) => [each.id, each]));
    const learned = new Map([[imageId("known"), detailsOf({ layers: ["a"], told: [10], size: 10 })]]);
    const layersOf = layersOfAll(images, nextLayerRecord(emptyLayerRecord, learned, images), "layers");
    expect(layersOf(odd)).toEqual({ topLayer: null, exact: false });
    expect(layersOf(known)).toMatchObject({ topLayer: { bytes: 10, below: null }, exact: false });
  });

  it("have the rest of an image's size on top, where an engine's sizes count what is the image's own", () => {
    const { bytesOf, isExact } = resolve(
      {
        one: { layers: ["base", "one"], told: [100, 100], size: 203 },
        two: { layers: ["base", "two"], told: [100, 300], size: 405 },
      },
      "layers-and-own",
    );
    expect([bytesOf("one"), bytesOf("two"), bytesOf("one", "two")]).toEqual([203, 405, 508]);
    expect(isExact("one") && isExact("two")).toBe(true);
  });

  it("are not exact there where a layer is open: nobody can tell it from what is the image's own", () => {
    const { isExact } = resolve(
      {
        one: { layers: ["base", "one"], told: [100, null], size: 203 },
        two: { layers: ["base", "two"], told: [100, 300], size: 405 },
      },
      "layers-and-own",
    );
    expect([isExact("one"), isExact("two")]).toEqual([false, true]);
  });
});

/** A store: layers with a parent each, of which images take one as their top. */
const stores = fc
  .record({
    layers: fc.array(fc.record({ below: fc.nat(11), bytes: fc.integer({ min: 0, max: 9 }) }), {
      minLength: 1,
      maxLength: 12,
    }),
    images: fc.array(fc.record({ top: fc.nat(11), toldLayers: fc.nat(12) }), { minLength: 1, maxLength: 6 }),
  })
  .map(({ layers, images }) => {
    const chainOf = (index: number): number[] => {
      const below = layers[index]?.below ?? 0;
      return below < index ? [...chainOf(below), index] : [index];
    };
    return images.map(({ top, toldLayers }) => {
      const chain = chainOf(top % layers.length);
      const bytes = chain.map((index) => layers[index]?.bytes ?? 0);
      return { chain, bytes, toldLayers };
    });
  });

describe("whatever images share, and whatever their histories tell", () => {
  it("a set has at most the bytes it really has, exactly these where that is said, and one image all of its own", () => {
    let exact = 0;
    fc.assert(
      fc.property(stores, (store) => {
        const recipes = Object.fromEntries(
          store.map(({ chain, bytes, toldLayers }, index) => [
            `image${index}`,
            {
              layers: chain.map((layer) => `layer ${layer}`),
              told: bytes.map((size, at) => (at < toldLayers && size > 0 ? size : null)),
              size: bytes.reduce((sum, size) => sum + size, 0),
            },
          ]),
        );
        const { bytesOf, isExact } = resolve(recipes);
        const wrong: unknown[] = [];
        for (let bits = 1; bits < 2 ** store.length; bits += 1) {
          const chosen = store.flatMap((each, index) =>
            (bits >> index) & 1 ? [{ ...each, word: `image${index}` }] : [],
          );
          const real = new Map(
            chosen.flatMap(({ chain, bytes }) => chain.map((layer, at) => [layer, bytes[at] ?? 0])),
          );
          const realBytes = [...real.values()].reduce((sum, size) => sum + size, 0);
          const words = chosen.map(({ word }) => word);
          const modelled = bytesOf(...words);
          const mustBeExact = words.length === 1 || words.every(isExact);
          if (modelled > realBytes || (mustBeExact && modelled !== realBytes))
            wrong.push({ words, modelled, realBytes });
          if (words.length > 1 && mustBeExact) exact += 1;
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 3000 },
    );
    expect(exact).toBeGreaterThan(1000);
  });

  it("no removal promises more than it frees", () => {
    fc.assert(
      fc.property(stores, fc.nat(), (store, seed) => {
        const words = store.map((_, index) => `image${index}`);
        const recipes = Object.fromEntries(
          store.map(({ chain, bytes }, index) => [
            words[index] ?? "",
            {
              layers: chain.map((layer) => `layer ${layer}`),
              told: bytes.map(() => null),
              size: bytes.reduce((sum, size) => sum + size, 0),
            },
          ]),
        );
        const { bytesOf } = resolve(recipes);
        const going = seed % store.length;
        const left = words.filter((_, index) => index !== going);
        const promised = bytesOf(...words) - bytesOf(...left);
        const others = new Set(store.flatMap(({ chain }, index) => (index === going ? [] : chain)));
        const freed = (store[going]?.chain ?? []).reduce(
          (sum, layer, at) => (others.has(layer) ? sum : sum + (store[going]?.bytes[at] ?? 0)),
          0,
        );
        expect(promised).toBeLessThanOrEqual(freed);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("the layer record", () => {
  const images = new Map([image("one"), image("two")].map((each) => [each.id, each]));
  const learned = new Map([
    [imageId("one"), detailsOf({ layers: ["base", "one"], told: [100, 5], size: 105 })],
    [imageId("two"), detailsOf({ layers: ["base", "two"], told: [100, 7], size: 107 })],
  ]);
  const both = nextLayerRecord(emptyLayerRecord, learned, images);

  it("holds a shared layer once", () => {
    expect(both.layers.size).toBe(3);
  });

  it("drops an image that is gone, with the layers that were its own", () => {
    const one = nextLayerRecord(both, new Map(), new Map([[imageId("one"), null]]));
    expect([...one.images.keys()]).toEqual([imageId("one")]);
    expect(one.layers.size).toBe(2);
  });

  it("does not forget a size when an image comes whose history leaves it open", () => {
    const open = new Map([
      [imageId("three"), detailsOf({ layers: ["base", "three"], told: [null, null], size: 109 })],
    ]);
    const present = new Map([...images, [imageId("three"), image("three")] as const]);
    const bytes = [...nextLayerRecord(both, open, present).layers.values()].map((layer) => layer.bytes);
    expect(new Set(bytes)).toEqual(new Set([100, 5, 7, null]));
  });

  it("stays the very same when nothing changes", () => {
    expect(nextLayerRecord(both, new Map(), images)).toBe(both);
  });
});
