import { describe, expect, it } from "vitest";
import type { UseLog } from "../../../../src/core/what-if/use-log.js";
import { usualQuotas, whatIf } from "../../../../src/core/what-if/what-if.js";
import { moment } from "../../../support/ledger/build-records.js";

const hour = 3_600_000;
const day = 24 * hour;

const layered = (...layers: readonly (readonly [string, number])[]) =>
  layers.map(([name, bytes]) => ({ name, bytes }));

/** Two images of 60 bytes that take turns, each day, and one of them has 10 more bytes in common with a third. */
const turns: UseLog = {
  images: [
    { number: 1, repository: "a", layers: layered(["base", 10], ["a", 50]), untaggedAt: null },
    { number: 2, repository: "b", layers: layered(["b", 60]), untaggedAt: null },
    { number: 3, repository: "c", layers: layered(["base", 10], ["c", 5]), untaggedAt: null },
  ],
  sessions: [0, 1, 2, 3, 4, 5].map((index) => ({
    image: 1 + (index % 3),
    from: moment + index * day,
    to: moment + index * day + hour,
  })),
};

describe("what a quota would have come to", () => {
  const now = moment + 6 * day;
  const ask = (quotas: readonly number[]) => whatIf(turns, { quotas, order: "last-use", now });

  it("is nothing without a use", () => {
    expect(whatIf({ images: [], sessions: [] }, { quotas: [1], order: "next-use", now })).toBeNull();
  });

  it("is told for each quota once, smallest first, with the smallest that is enough", () => {
    const found = ask([1000, 70, 125, 70]);
    expect(found?.rows.map(({ quotaBytes }) => quotaBytes)).toEqual([70, 125, 1000]);
    expect(found).toMatchObject({ firstPulledBytes: 125, sessions: 6, images: 3, spanMs: 6 * day });
    expect(found?.rows[1]).toEqual({ quotaBytes: 125, keptBytes: 125, removals: 0, pulledAgainBytes: 0 });
    expect(found?.rows[0]?.removals).toBeGreaterThan(0);
    expect(found?.rows[0]?.pulledAgainBytes).toBeGreaterThan(100);
    expect(found?.recommendedBytes).toBe(125);
  });

  it("recommends none where each pulls too much again", () =>
    expect(ask([65, 70])?.recommendedBytes).toBeNull());

  it("keeps what is in use until now", () => {
    const sessions = [
      { image: 1, from: moment, to: null },
      { image: 2, from: moment + day, to: moment + day },
    ];
    const found = whatIf({ ...turns, sessions }, { quotas: [60], order: "last-use", now });
    expect(found?.rows[0]).toMatchObject({ pulledAgainBytes: 0 });
  });

  it("is asked by itself for shares of all layers", () => {
    expect(usualQuotas(turns)).toEqual([13, 25, 38, 50, 63, 75, 100, 130]);
  });
});
