import { describe, expect, it } from "vitest";
import { chronicleOf, loggedDigits, type UsesByImage } from "../../../../src/core/results/chronicle.js";
import type { LayerEntry } from "../../../../src/core/layers/layer-record.js";
import type { RemovalEntry, RunEntry } from "../../../../src/core/results/history.js";
import { emptyRecord, type EngineRecord, type ImageRecord } from "../../../../src/core/uses/checkpoint.js";
import { imageId } from "../../../support/values.js";

const engine = { key: "A" };

function run(from: number, to: number, changes: Partial<RunEntry> = {}): RunEntry {
  const observation = { from, to, events: 0, gap: null, observedMs: 0 };
  return { startedAt: to, finishedAt: to, exitCode: 0, observation, removals: [], ...changes };
}

function removed(word: string, at: number, changes: Partial<RemovalEntry> = {}): RemovalEntry {
  const rest = { freedBytes: 1, reasons: ["age"], outcome: "removed", detail: null, returned: null } as const;
  return { at, imageId: imageId(word), names: [`${word}:1`], ...rest, ...changes };
}

function recordOf(images: Readonly<Record<string, Partial<ImageRecord>>>): EngineRecord {
  const known = Object.entries(images).map(([word, changes]) => {
    const image = { firstSeenAt: 10, lastUsedAt: 20, names: `${word}:1`, ...changes } as ImageRecord;
    return [imageId(word), image] as const;
  });
  return { ...emptyRecord, images: new Map(known) };
}

const usesOf = (word: string, ...spans: readonly (readonly [number, number | null])[]): UsesByImage =>
  new Map([[imageId(word).slice(-loggedDigits), spans.map(([from, to]) => ({ from, to }))]]);

describe("a chronicle", () => {
  it("is none of an engine without a run", () => {
    expect(chronicleOf({ engine, runs: [] }, emptyRecord, new Map())).toBeNull();
  });

  it("goes from the first observation to the last, oldest bytes first", () => {
    const space = (imageBytes: number) => ({ imageBytes, quotaBytes: null });
    const runs = [run(20, 30, { space: space(3) }), run(10, 20), run(0, 10, { space: space(1) })];
    expect(chronicleOf({ engine, runs }, emptyRecord, new Map())).toMatchObject({
      from: 0,
      to: 30,
      runs: 3,
      space: [
        { at: 10, imageBytes: 1 },
        { at: 30, imageBytes: 3 },
      ],
      observed: [{ from: 0, to: 30 }],
    });
  });

  it("leaves out what was missed", () => {
    const gap = { from: 10, to: 15, cause: "overflow" } as const;
    const late = run(10, 20);
    const runs = [{ ...late, observation: { ...late.observation, gap } }, run(0, 10)];
    expect(chronicleOf({ engine, runs }, emptyRecord, new Map())?.observed).toEqual([
      { from: 0, to: 10 },
      { from: 15, to: 20 },
    ]);
  });

  it("tells of an image that is there since when, and when it was used", () => {
    const found = chronicleOf(
      { engine, runs: [run(0, 100)] },
      recordOf({ web: {} }),
      usesOf("web", [12, 14], [50, null]),
    );
    expect(found?.lives).toEqual([
      {
        imageId: imageId("web"),
        names: ["web:1"],
        isPresent: true,
        present: [{ from: 10, to: null }],
        uses: [
          { from: 12, to: 14 },
          { from: 50, to: null },
        ],
        removedAt: [],
      },
    ]);
  });

  it("tells of one that went, came back and went again", () => {
    const runs = [
      run(60, 100, { removals: [removed("web", 90)] }),
      run(0, 60, { removals: [removed("web", 40, { returned: { at: 60, bytes: 1 } })] }),
    ];
    const found = chronicleOf({ engine, runs }, emptyRecord, usesOf("web", [5, 6], [61, 70]));
    expect(found?.lives[0]).toMatchObject({
      isPresent: false,
      names: ["web:1"],
      present: [
        { from: 5, to: 40 },
        { from: 61, to: 90 },
      ],
      removedAt: [40, 90],
    });
  });

  it("counts a removal that did not happen as none", () => {
    const removals = [removed("web", 40, { outcome: "skipped" })];
    const found = chronicleOf({ engine, runs: [run(0, 50, { removals })] }, emptyRecord, new Map());
    expect(found?.lives).toEqual([]);
    expect(found?.removals).toHaveLength(1);
  });

  it("tells what repositories hold by the layers, where the engine's list is not kept", () => {
    const base = { chainId: "a", below: null, bytes: 100 };
    const layers = new Map<number, LayerEntry>([
      [1, base],
      [2, { chainId: "b", below: 1, bytes: 20 }],
      [3, { chainId: "c", below: 1, bytes: null }],
    ]);
    const learned = (top: number) => ({ top, taggedAt: null, content: null });
    const images = new Map([
      [imageId("web"), learned(2)],
      [imageId("db"), learned(1)],
      [imageId("open"), learned(3)],
    ]);
    const record = {
      ...recordOf({ web: {}, db: {}, open: {} }),
      layers: { images, layers, blobs: new Map() },
    };
    const found = chronicleOf({ engine, runs: [run(0, 100)] }, record, new Map());
    expect(found?.repositories.map(({ repository, bytes }) => [repository, bytes])).toEqual([
      ["web", 120],
      ["db", 100],
      ["open", 100],
    ]);
  });

  it("puts those that are there before those that are gone, and the last used first", () => {
    const runs = [run(0, 100, { removals: [removed("gone", 99)] })];
    const record = recordOf({ old: { lastUsedAt: 20 }, fresh: { lastUsedAt: 80 } });
    const names = chronicleOf({ engine, runs }, record, new Map())?.lives.map((life) => life.names[0]);
    expect(names).toEqual(["fresh:1", "old:1", "gone:1"]);
  });
});
