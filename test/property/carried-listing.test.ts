import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Store } from "../practice-engine/dialect.js";
import { shownRecord, sorted } from "../support/observe-at.js";
import { histories, type Deed } from "./carried-deeds.js";
import { CarriedModel, type CarriedRun } from "./carried-model.js";

/** How many histories are tried, always the same ones unless the number is given; a full run has 10,000. */
const asked = process.env["DOCKER_GC_TEST_HISTORIES"];
const tries = asked === undefined ? { numRuns: 60, seed: 7 } : { numRuns: Number(asked) };
const timeoutMs = 60_000 + tries.numRuns * 1000;

const stores: readonly Store[] = ["overlay2", "containerd"];

async function runsOf(store: Store, history: readonly Deed[]): Promise<CarriedRun[]> {
  const model = new CarriedModel(store);
  const runs: CarriedRun[] = [];
  for (const deed of history) {
    const run = await model.do(deed);
    if (run !== null) runs.push(run);
  }
  return runs;
}

/** Vitest's own comparison takes most of the time of ten thousand histories. */
function expectSame(one: unknown, other: unknown): void {
  if (isDeepStrictEqual(one, other)) return;
  expect(one).toStrictEqual(other);
  expect.fail("they differ in what is not shown");
}

describe.each(stores)("images that are carried forward, %s", { timeout: timeoutMs }, (store) => {
  it("leave the same record as images that are listed, whatever happened between the runs", async () => {
    let [runs, carried] = [0, 0];
    await fc.assert(
      fc.asyncProperty(histories("none"), async (history) => {
        for (const run of await runsOf(store, history)) {
          expectSame(shownRecord(run.carried), shownRecord(run.listed));
          expectSame(sorted(run.carried.listed.images), sorted(run.truth));
          runs += 1;
          if (run.source.kind === "carried") carried += 1;
        }
      }),
      tries,
    );
    // Otherwise the histories would say little.
    expect(carried).toBeGreaterThan(runs / 4);
  });

  it("are those that the engine has, also where it changes while a run looks", async () => {
    let [runs, kept] = [0, 0];
    await fc.assert(
      fc.asyncProperty(histories("some"), async (history) => {
        for (const { carried, truth } of await runsOf(store, history)) {
          runs += 1;
          if (carried.listed.base === null) continue;
          kept += 1;
          expectSame(sorted(carried.listed.images), sorted(truth));
        }
      }),
      tries,
    );
    expect(kept).toBeGreaterThan(runs / 4);
  });
});

describe("images are carried forward none the less, and as they are listed,", () => {
  const run = { kind: "run", meanwhile: [] } as const;
  const pull = (second: number, first = 0) => ({ kind: "pull", first, second }) as const;
  const load = (second: number, first = 0) => ({ kind: "load", first, second }) as const;

  it.each<readonly [string, readonly Store[], readonly (readonly Deed[])[]]>([
    [
      "where a load names an image whose record without a name stays",
      ["containerd"],
      [
        [load(0), load(2)],
        [{ kind: "load-again", first: 1, second: 0 }],
        [{ kind: "untag", first: 0, second: 0 }],
      ],
    ],
    ["where a name was pulled twice", stores, [[load(0, 1)], [pull(1), pull(2)]]],
    [
      "where a name was pulled three times, to an image that had it first",
      stores,
      [[pull(0)], [pull(1), pull(2), pull(0)]],
    ],
    ["where a load took the name from an image that was pulled", stores, [[load(0, 1)], [pull(1), load(2)]]],
    [
      "where a load took back the name from an image that another name tells",
      stores,
      [[pull(3, 3)], [pull(3), load(0)]],
    ],
  ])("%s", async (_, inStores, windows) => {
    for (const store of inStores) {
      const runs = await runsOf(
        store,
        windows.flatMap((deeds) => [...deeds, run]),
      );
      expect(runs.map(({ source }) => source.kind)).toEqual([
        "full",
        ...windows.slice(1).map(() => "carried"),
      ]);
      for (const { carried, listed, truth } of runs) {
        expectSame(shownRecord(carried), shownRecord(listed));
        expectSame(sorted(carried.listed.images), sorted(truth));
      }
    }
  });
});
