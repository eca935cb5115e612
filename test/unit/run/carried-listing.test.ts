import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Store } from "../../practice-engine/dialect.js";
import { shownRecord, sorted } from "../../support/observe-at.js";
import { histories, type Deed } from "./carried-deeds.js";
import { CarriedModel, type CarriedRun } from "./carried-model.js";

/** How many histories are tried, always the same ones unless the number is given; a full run has 10,000. */
const asked = process.env["DOCKER_GC_TEST_HISTORIES"];
const tries = asked === undefined ? { numRuns: 60, seed: 7 } : { numRuns: Number(asked) };

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

describe.each(stores)("images that are carried forward, %s", (store) => {
  it("leave the same record as images that are listed, whatever happened between the runs", async () => {
    let [runs, carried] = [0, 0];
    await fc.assert(
      fc.asyncProperty(histories("none"), async (history) => {
        for (const run of await runsOf(store, history)) {
          expect(shownRecord(run.carried)).toEqual(shownRecord(run.listed));
          expect(sorted(run.carried.listed.images)).toEqual(sorted(run.truth));
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
          expect(sorted(carried.listed.images)).toEqual(sorted(truth));
        }
      }),
      tries,
    );
    expect(kept).toBeGreaterThan(runs / 4);
  });
});

it("where a load names an image whose record without a name stays, images are carried forward none the less", async () => {
  const deeds = [
    { kind: "load", first: 0, second: 0 },
    { kind: "load", first: 0, second: 2 },
    { kind: "run", meanwhile: [] },
    { kind: "load-again", first: 1, second: 0 },
    { kind: "run", meanwhile: [] },
    { kind: "untag", first: 0, second: 0 },
    { kind: "run", meanwhile: [] },
  ] as const;
  const runs = await runsOf("containerd", deeds);
  expect(runs.map(({ source }) => source)).toEqual([
    { kind: "full", because: "first-run" },
    { kind: "carried" },
    { kind: "carried" },
  ]);
  for (const run of runs) expect(sorted(run.carried.listed.images)).toEqual(sorted(run.truth));
});
