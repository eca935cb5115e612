import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chainIdsOf } from "../../../../src/core/layers/layer-chain.js";
import { layerSizes, type HistoryEntry } from "../../../../src/core/layers/layer-sizes.js";

const empty = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

interface Row {
  readonly name: string;
  /** Of the layers, lowest first; `empty` for the one without any file. */
  readonly layers: readonly string[];
  /** Oldest first: bytes and command. */
  readonly history: readonly (readonly [bytes: number, createdBy: string])[];
  /** Of the image; null where the engine counts more than layers. By default all of the history. */
  readonly sum?: number | null;
  readonly sizes: readonly (number | null)[];
}

const rows: readonly Row[] = [
  { name: "no layers", layers: [], history: [], sizes: [] },
  {
    name: "an entry with a size for every layer",
    layers: ["a", "b"],
    history: [
      [100, "ADD rootfs"],
      [20, "RUN make"],
    ],
    sizes: [100, 20],
  },
  {
    name: "metadata between the layers, as the classic builder writes it",
    layers: ["a", "b"],
    history: [
      [100, "/bin/sh -c #(nop) ADD file:1 in / "],
      [0, '/bin/sh -c #(nop)  CMD ["sh"]'],
      [20, "/bin/sh -c make"],
      [0, "/bin/sh -c #(nop)  ENV a=b"],
    ],
    sizes: [100, 20],
  },
  {
    name: "a layer of folders alone, told from metadata by its command",
    layers: ["a", "b", "c"],
    history: [
      [100, "ADD rootfs # buildkit"],
      [0, "ENV a=b"],
      [0, "WORKDIR /app"],
      [20, "COPY . . # buildkit"],
      [0, 'ENTRYPOINT ["/app/run"]'],
    ],
    sizes: [100, 0, 20],
  },
  {
    name: "the layer without any file, told by its digest",
    layers: ["a", empty, "c"],
    history: [
      [100, "ADD"],
      [0, "RUN true"],
      [20, "COPY"],
    ],
    sizes: [100, 0, 20],
  },
  {
    name: "two commands without bytes, of which one made a layer: open from there on, as far as it matters",
    layers: ["a", "b", "c"],
    history: [
      [100, "ADD"],
      [0, "RUN true"],
      [20, "RUN make"],
      [0, "RUN rm /made"],
    ],
    sizes: [100, null, null],
  },
  {
    name: "two commands without bytes side by side, of which one made a layer: whichever it was",
    layers: ["a", "b", "c"],
    history: [
      [100, "ADD"],
      [0, "RUN true"],
      [0, "RUN rm /made"],
      [20, "RUN make"],
    ],
    sizes: [100, 0, 20],
  },
  { name: "no history", layers: ["a", "b"], history: [], sum: 120, sizes: [null, null] },
  {
    name: "a history that ends too early: the layers that it tells of",
    layers: ["a", "b", "c"],
    history: [[100, "only one"]],
    sum: 150,
    sizes: [100, null, null],
  },
  {
    name: "a history that tells of more bytes than there are",
    layers: ["a", "b"],
    history: [
      [100, "ADD"],
      [20, "RUN"],
    ],
    sum: 110,
    sizes: [null, null],
  },
  {
    name: "more entries with a size than layers",
    layers: ["a"],
    history: [
      [100, "ADD"],
      [20, "RUN"],
    ],
    sizes: [null],
  },
  {
    name: "bytes where the digest says that there are none",
    layers: ["a", empty],
    history: [
      [100, "ADD"],
      [20, "RUN"],
    ],
    sizes: [null, null],
  },
  {
    name: "an engine whose image sizes hold more than layers",
    layers: ["a", "b"],
    history: [
      [100, "ADD"],
      [20, "RUN"],
    ],
    sum: null,
    sizes: [100, 20],
  },
];

describe("layer sizes", () => {
  it.each(rows)("$name", ({ layers, history, sum, sizes }) => {
    const entries = history.map(([bytes, createdBy]): HistoryEntry => ({ bytes, createdBy }));
    const told = entries.reduce((total, { bytes }) => total + bytes, 0);
    const sumBytes = sum === undefined ? told : sum;
    expect(layerSizes({ diffIds: layers, history: entries, sumBytes })).toEqual(sizes);
  });

  it("are never wrong where they are told, whatever steps an image was built with", () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("layer" as const),
        bytes: fc.integer({ min: 0, max: 3 }),
        createdBy: fc.constantFrom("RUN x", "COPY x", "WORKDIR /x"),
      }),
      fc.record({
        kind: fc.constant("nothing" as const),
        bytes: fc.constant(0),
        createdBy: fc.constantFrom("RUN true", "ENV a=b", "#(nop)  CMD x"),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(4), (steps, untold) => {
        const layers = steps.filter(({ kind }) => kind === "layer");
        const diffIds = layers.map(({ bytes }, index) =>
          bytes === 0 && index % 2 === 0 ? empty : `layer ${index}`,
        );
        const sumBytes = layers.reduce((sum, { bytes }) => sum + bytes, 0);
        const beginning = steps.slice(0, Math.max(0, steps.length - untold));
        const told = beginning.reduce((sum, { bytes }) => sum + bytes, 0);
        // That a history is cut off shows by the bytes that it lacks; without them it is taken for whole.
        const history = told < sumBytes ? beginning : steps;
        layerSizes({ diffIds, history, sumBytes }).forEach((size, index) => {
          if (size !== null) expect(size).toBe(layers[index]?.bytes);
        });
        // With nothing but commands that surely make layers, or surely none, all are told.
        if (
          history === steps &&
          steps.every(({ kind, createdBy }) => kind === "layer" || createdBy !== "RUN true")
        ) {
          expect(layerSizes({ diffIds, history, sumBytes })).toEqual(layers.map(({ bytes }) => bytes));
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("chain IDs", () => {
  it("begin with the lowest layer's own digest, and go on with the digest of both", () => {
    const [first, second] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`);
    expect(chainIdsOf([first ?? "", second ?? ""])).toEqual([
      first,
      `sha256:${createHash("sha256").update(`${first} ${second}`).digest("hex")}`,
    ]);
  });

  it("are SHA-256 digests, also above a digest of another kind", () => {
    for (const chainId of chainIdsOf([`sha512:${"a".repeat(128)}`, "b"])) {
      expect(chainId).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });

  it("differ as soon as one layer below does", () => {
    const [first, second] = [chainIdsOf(["a", "b", "c"]), chainIdsOf(["x", "b", "c"])];
    expect(new Set([...first, ...second]).size).toBe(6);
    expect(chainIdsOf(["a", "b", "d"]).slice(0, 2)).toEqual(first.slice(0, 2));
  });
});
