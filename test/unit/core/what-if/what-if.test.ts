import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LayerEntry, LearnedImage } from "../../../../src/core/layers/layer-record.js";
import type { ImageId } from "../../../../src/core/image/image.js";
import {
  noReturnNews,
  type LoggedTagLoss,
  type LoggedUse,
} from "../../../../src/core/returns/return-news.js";
import { once } from "../../../../src/core/text/once.js";
import { SimulatedHost } from "../../../../src/core/what-if/simulated-host.js";
import type { TraceLine } from "../../../../src/core/what-if/trace.js";
import type { UseLog } from "../../../../src/core/what-if/use-log.js";
import { usualQuotas, whatIf } from "../../../../src/core/what-if/what-if.js";
import { openLedgerInMemory } from "../../../../src/ledger/sqlite-ledger.js";
import { usualShares, workloads } from "../../../bench/simulate/workloads/all.js";
import { engine, moment, record, run } from "../../../support/ledger/build-records.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";
import { imageId } from "../../../support/values.js";

const chainId = (number: number) => `sha256:${number.toString(16).padStart(64, "0")}`;
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

/** The ledger's log of a host that used images as a trace says, with a run whenever anything happens. */
function logOf(trace: readonly TraceLine[]): UseLog {
  const numbers = new Map<string, number>();
  const layers = new Map<number, LayerEntry>();
  const images = new Map<ImageId, LearnedImage>();
  const known = new Map<string, { readonly sizeBytes: number; readonly repository: string }>();
  const used: LoggedUse[] = [];
  const tagsLost: LoggedTagLoss[] = [];
  for (const line of trace) {
    if (line.kind === "image") {
      let below: number | null = null;
      for (const { name, bytes } of line.layers) {
        const key = `${below ?? ""}/${name}`;
        const number: number = numbers.get(key) ?? numbers.size + 1;
        numbers.set(key, number);
        layers.set(number, { chainId: chainId(number), below, bytes });
        below = number;
      }
      images.set(imageId(line.image), { top: below, taggedAt: null, content: null });
      const sizeBytes = line.layers.reduce((sum, { bytes }) => sum + bytes, 0);
      known.set(line.image, { sizeBytes, repository: line.repository });
      continue;
    }
    const at = moment + Math.round(line.at * 1000);
    if (line.kind === "untag") {
      tagsLost.push({ image: imageId(line.image), at });
      continue;
    }
    const { sizeBytes, repository } = known.get(line.image) ?? { sizeBytes: 0, repository: "" };
    const to = at + Math.round(line.seconds * 1000);
    used.push({ image: imageId(line.image), from: at, to, repository, sizeBytes });
  }
  const ledger = openLedgerInMemory(join(temporaryFolder(), "ledger.db"));
  const news = { ...noReturnNews, used, tagsLost };
  ledger.save(engine, record({ layers: { images, layers, blobs: new Map() }, news }), run());
  const log = ledger.useLogs().get(engine.key);
  ledger.close();
  if (log === undefined) throw new Error("Nothing is logged.");
  return log;
}

// The first days are enough: they have uses by the hundred, builds, and tags that are lost.
describe.each(Object.entries(workloads))("the forecast for the trace %s", (name, generate) => {
  const trace = generate(5).filter((line) => line.kind === "image" || line.at < 6 * 86_400);
  const logged = once(() => logOf(trace));

  it.each(["next-use", "last-use"] as const)(
    "is what a second run under each quota pulls, by %s",
    (order) => {
      const log = logged();
      const all = usualQuotas(log).at(-1) ?? 0;
      const quotas = usualShares(name).map((share) => Math.round(share * all));
      const found = whatIf(log, { quotas, order, now: moment });
      expect(found?.rows).toHaveLength(quotas.length);
      for (const { quotaBytes, pulledAgainBytes } of found?.rows ?? []) {
        const host = new SimulatedHost(quotaBytes, order);
        for (const line of trace) host.apply(line);
        const { pulledBytes, firstPulledBytes } = host.result;
        const differenceBytes = Math.abs(pulledAgainBytes + firstPulledBytes - pulledBytes);
        expect(differenceBytes).toBeLessThanOrEqual(0.01 * pulledBytes);
      }
    },
    60_000,
  );
});
