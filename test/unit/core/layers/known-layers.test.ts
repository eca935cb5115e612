import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KnownLayers } from "../../../../src/core/layers/known-layers.js";
import { chainIdsOf } from "../../../../src/core/layers/layer-chain.js";
import { layerSizes } from "../../../../src/core/layers/layer-sizes.js";

/** The bytes of these layers, which lie on each other. */
function chain(sizes: Readonly<Record<string, number | null>>) {
  const chainIds = chainIdsOf(Object.keys(sizes));
  return Object.values(sizes).map((bytes, index) => ({ chainId: chainIds[index] ?? "", bytes }));
}

/** What the layers of an image are taken to have; null where the engine is to be asked for its history. */
function implied(known: KnownLayers, diffIds: readonly string[], sumBytes: number | null) {
  const history = known.impliedHistory({ diffIds, sumBytes });
  return history === null ? null : layerSizes({ diffIds, history, sumBytes });
}

interface Row {
  readonly name: string;
  readonly known: Readonly<Record<string, number | null>>;
  readonly layers: readonly string[];
  readonly sum: number | null;
  readonly sizes: readonly number[] | null;
}

const rows: readonly Row[] = [
  { name: "all of them", known: { a: 100, b: 20 }, layers: ["a", "b"], sum: 120, sizes: [100, 20] },
  { name: "all, of no sum", known: { a: 100, b: 20 }, layers: ["a", "b"], sum: null, sizes: [100, 20] },
  { name: "all but the topmost", known: { a: 100 }, layers: ["a", "b"], sum: 107, sizes: [100, 7] },
  { name: "a topmost without bytes", known: { a: 100 }, layers: ["a", "b"], sum: 100, sizes: [100, 0] },
  { name: "the only one", known: {}, layers: ["a"], sum: 7, sizes: [7] },
  { name: "no layer", known: {}, layers: [], sum: 0, sizes: [] },
  {
    name: "one in the middle",
    known: { a: 1, b: null, c: 3 },
    layers: ["a", "b", "c"],
    sum: 6,
    sizes: [1, 2, 3],
  },
  { name: "two are open", known: { a: 100 }, layers: ["a", "b", "c"], sum: 107, sizes: null },
  { name: "one is open, and there is no sum", known: { a: 100 }, layers: ["a", "b"], sum: null, sizes: null },
  { name: "the same layer on another one", known: { a: 1, b: 2 }, layers: ["x", "b"], sum: 5, sizes: null },
  { name: "more is known than the sum", known: { a: 100 }, layers: ["a", "b"], sum: 99, sizes: null },
  { name: "less is known than the sum", known: { a: 100 }, layers: ["a"], sum: 101, sizes: null },
];

describe("layers that are known", () => {
  it.each(rows)("tell of an image's, or leave it to the engine: $name", ({ known, layers, sum, sizes }) => {
    expect(implied(new KnownLayers(chain(known)), layers, sum)).toEqual(sizes);
  });

  it("are more with each image, as far as its history leaves nothing open", () => {
    const known = new KnownLayers([]);
    const step = (bytes: number) => ({ bytes, createdBy: "RUN" });
    known.add({ diffIds: ["a", "b"], history: [step(100), step(20)], sumBytes: 120 });
    expect(implied(known, ["a", "b", "c"], 123)).toEqual([100, 20, 3]);
    known.add({ diffIds: ["x", "y"], history: [step(0), step(5), step(0)], sumBytes: 5 });
    expect(implied(known, ["x", "z"], 9)).toBeNull();
  });

  it("say what the history would have said, wherever an image is learned", () => {
    const layer = fc.record({ diffId: fc.constantFrom("a", "b", "c"), bytes: fc.nat(3) });
    const image = fc.array(layer, { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(image, { maxLength: 6 }), (images) => {
        const known = new KnownLayers([]);
        const truth = new Map<string, number>();
        for (const layers of images) {
          const diffIds = layers.map(({ diffId }) => diffId);
          // A chain ID stands for the same bytes in every image.
          const sizes = chainIdsOf(diffIds).map((chainId, index) => {
            const bytes = truth.get(chainId) ?? layers[index]?.bytes ?? 0;
            truth.set(chainId, bytes);
            return bytes;
          });
          const sumBytes = sizes.reduce((sum, bytes) => sum + bytes, 0);
          const told = implied(known, diffIds, sumBytes);
          if (told !== null) expect(told).toEqual(sizes);
          const history = sizes.map((bytes) => ({ bytes, createdBy: "COPY" }));
          known.add({ diffIds, history, sumBytes });
        }
      }),
    );
  });
});
