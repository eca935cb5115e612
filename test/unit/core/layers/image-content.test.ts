import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BlobEntry } from "../../../../src/core/layers/image-content.js";
import { layersOfAll } from "../../../../src/core/layers/image-layers.js";
import type { Image, ImageId } from "../../../../src/core/image/image.js";
import {
  emptyLayerRecord,
  nextLayerRecord,
  type LayerDetails,
} from "../../../../src/core/layers/layer-record.js";
import { LayerSet } from "../../../../src/core/layers/layer-set.js";
import { image, imageId } from "../../../support/values.js";

/** A layer of a test: its name, and its bytes unpacked and packed. */
type TestLayer = readonly [name: string, unpacked: number, packed: number];

interface Recipe {
  /** Of the host's platform. */
  readonly layers: readonly TestLayer[];
  /** Of others; their packed bytes are there, unpacked ones are where that is said. */
  readonly elsewhere?: readonly { readonly layers: readonly TestLayer[]; readonly isUnpacked: boolean }[];
  readonly isUnpacked?: boolean;
  /** Whether the content store could be read. */
  readonly isRead?: boolean;
}

/** Manifest and configuration of a platform. */
const metadata = 1_000;

function blob([name, , packed]: TestLayer): BlobEntry {
  return { digest: `blob of ${name}`, bytes: packed };
}

function sum(layers: readonly TestLayer[], what: "unpacked" | "packed"): number {
  return layers.reduce((bytes, layer) => bytes + layer[what === "unpacked" ? 1 : 2], 0);
}

function detailsOf(
  word: string,
  { layers, elsewhere = [], isUnpacked = true, isRead = true }: Recipe,
): LayerDetails {
  const unpackedBytes = isUnpacked ? sum(layers, "unpacked") : null;
  const others = elsewhere.filter((platform) => platform.isUnpacked);
  const listedBytes =
    (unpackedBytes ?? 0) +
    sum(layers, "packed") +
    metadata +
    elsewhere.reduce((bytes, each) => bytes + sum(each.layers, "packed") + metadata, 0) +
    others.reduce((bytes, each) => bytes + sum(each.layers, "unpacked"), 0);
  const own = (platform: number): BlobEntry => ({
    digest: `metadata of ${word} ${platform}`,
    bytes: metadata,
  });
  return {
    diffIds: layers.map(([name]) => name),
    history: isUnpacked ? layers.map(([, bytes]) => ({ bytes, createdBy: "RUN" })) : [],
    sumBytes: unpackedBytes,
    taggedAt: null,
    content: {
      listedBytes,
      unpackedBytes,
      others: others.map((each) => ({
        diffIds: each.layers.map(([name]) => name),
        unpackedBytes: sum(each.layers, "unpacked"),
      })),
      blobs: isRead
        ? {
            ofLayers: layers.map(blob),
            others: [
              own(0),
              ...elsewhere.flatMap((each, index) => [own(index + 1), ...each.layers.map(blob)]),
            ],
          }
        : null,
      platformBytes: sum(layers, "packed") + metadata,
      otherBytes: elsewhere.reduce((bytes, each) => bytes + sum(each.layers, "packed") + metadata, 0),
    },
  };
}

function resolve(recipes: Readonly<Record<string, Recipe>>) {
  const images = new Map<ImageId, Image>();
  const learned = new Map<ImageId, LayerDetails>();
  for (const [word, recipe] of Object.entries(recipes)) {
    const details = detailsOf(word, recipe);
    images.set(imageId(word), image(word, { sizeBytes: details.content?.listedBytes ?? 0 }));
    learned.set(imageId(word), details);
  }
  const record = nextLayerRecord(emptyLayerRecord, learned, images);
  const layersOf = layersOfAll(images, record, "layers-and-content");
  const found = new Map([...images.values()].map((each) => [each.id, layersOf(each)]));
  const bytesOf = (...words: readonly string[]): number => {
    const set = new LayerSet();
    for (const word of words) set.add(found.get(imageId(word))?.topLayer ?? null);
    return set.totalBytes;
  };
  return { bytesOf, isExact: (word: string) => found.get(imageId(word))?.exact === true };
}

const base: TestLayer = ["base", 80_000, 80];
const noise: TestLayer = ["noise", 5_000, 5_100];
const text: TestLayer = ["text", 9_000, 700];

describe("in the containerd store", () => {
  it("a layer counts unpacked and packed, and once, however differently the layers are compressed", () => {
    const { bytesOf, isExact } = resolve({ one: { layers: [base, noise] }, two: { layers: [base, text] } });
    expect([bytesOf("one"), bytesOf("two")]).toEqual([91_180, 90_780]);
    expect(bytesOf("one", "two")).toBe(91_180 + 90_780 - 80_080);
    expect(isExact("one") && isExact("two")).toBe(true);
  });

  it("what was never unpacked counts its content alone, and shares it with who was", () => {
    const { bytesOf } = resolve({
      used: { layers: [base, noise] },
      pulled: { layers: [base, noise], isUnpacked: false },
    });
    expect(bytesOf("pulled")).toBe(80 + 5_100 + metadata);
    expect(bytesOf("used", "pulled")).toBe(bytesOf("used") + metadata);
  });

  it("a blob that lies on two bases is packed once and unpacked twice", () => {
    const other: TestLayer = ["other", 60_000, 60];
    const { bytesOf } = resolve({ one: { layers: [base, noise] }, two: { layers: [other, noise] } });
    expect(bytesOf("one", "two")).toBe(bytesOf("one") + bytesOf("two") - 5_100);
  });

  it("a blob that one image has twice counts once", () => {
    const { bytesOf } = resolve({ one: { layers: [text, base, text] } });
    expect(bytesOf("one")).toBe(9_000 + 80_000 + 9_000 + 700 + 80 + metadata);
  });

  it("another platform counts its content, its unpacked layers where it has any, and shares both", () => {
    const arm: TestLayer = ["arm", 7_000, 300];
    const { bytesOf, isExact } = resolve({
      both: { layers: [base, noise], elsewhere: [{ layers: [arm], isUnpacked: true }] },
      foreign: { layers: [arm] },
      packed: { layers: [base], elsewhere: [{ layers: [arm], isUnpacked: false }] },
    });
    expect(bytesOf("both")).toBe(85_000 + 5_180 + metadata + 7_000 + 300 + metadata);
    expect(bytesOf("both", "foreign")).toBe(bytesOf("both") + metadata);
    expect(bytesOf("packed", "foreign")).toBe(bytesOf("packed") + bytesOf("foreign") - 300);
    expect(isExact("both")).toBe(true);
  });

  it("content that could not be read follows from an image of the same layers whose content could", () => {
    const { bytesOf, isExact } = resolve({
      one: { layers: [base, noise] },
      two: { layers: [base, text], isRead: false },
    });
    expect(bytesOf("one", "two")).toBe(91_180 + 90_780 - 80_080);
    expect(isExact("one") || isExact("two")).toBe(false);
  });

  it("content that nobody could read is divided by what bounds it", () => {
    const { bytesOf, isExact } = resolve({
      one: { layers: [["a", 8_000_000, 8_000], noise], isRead: false },
      two: {
        layers: [
          ["a", 8_000_000, 8_000],
          ["c", 4_000_000, 40_000],
        ],
        isRead: false,
      },
      three: {
        layers: [
          ["a", 8_000_000, 8_000],
          ["d", 4_000_000, 4_000_000],
        ],
        isRead: false,
      },
    });
    // The leanest image has 14 kB of content: the base has no more.
    const real = 8_008_000 + 10_100 + 4_040_000 + 8_000_000 + 3 * metadata;
    expect(Math.abs(bytesOf("one", "two", "three") - real)).toBeLessThan(20_000);
    expect(isExact("three")).toBe(false);
  });
});

describe("whatever images share in the containerd store", () => {
  const layer = fc
    .nat(9)
    .map((number): TestLayer => [`layer ${number}`, 1_000 * (number + 1), 7 ** (number % 5)]);
  const recipe: fc.Arbitrary<Recipe> = fc.record({
    layers: fc.array(layer, { minLength: 1, maxLength: 5 }),
    elsewhere: fc.array(
      fc.record({ layers: fc.array(layer, { minLength: 1, maxLength: 3 }), isUnpacked: fc.boolean() }),
      { maxLength: 2 },
    ),
    isUnpacked: fc.boolean(),
  });

  it("a set of images whose content was read has exactly the bytes of its blobs and snapshots", () => {
    fc.assert(
      fc.property(fc.array(recipe, { minLength: 1, maxLength: 5 }), (recipes) => {
        const words = recipes.map((_, index) => `image${index}`);
        const { bytesOf, isExact } = resolve(
          Object.fromEntries(recipes.map((each, index) => [`image${index}`, each])),
        );
        for (let bits = 1; bits < 2 ** words.length; bits += 1) {
          const chosen = words.filter((_, index) => (bits >> index) & 1);
          const real = new Map<string, number>();
          for (const [index, each] of recipes.entries()) {
            if (!chosen.includes(words[index] ?? "")) continue;
            const platforms = [
              { layers: each.layers, isUnpacked: each.isUnpacked === true },
              ...(each.elsewhere ?? []),
            ];
            for (const [place, platform] of platforms.entries()) {
              real.set(`metadata ${index} ${place}`, metadata);
              for (const [at, [name, unpacked, packed]] of platform.layers.entries()) {
                real.set(`blob ${name}`, packed);
                const chain = platform.layers.slice(0, at + 1).map(([below]) => below);
                if (platform.isUnpacked) real.set(`snapshot ${chain.join()}`, unpacked);
              }
            }
          }
          const realBytes = [...real.values()].reduce((bytes, each) => bytes + each, 0);
          const modelled = bytesOf(...chosen);
          if (words.every(isExact)) expect(modelled).toBe(realBytes);
          else expect(modelled).toBeLessThanOrEqual(realBytes);
        }
      }),
      { numRuns: 500 },
    );
  });
});
