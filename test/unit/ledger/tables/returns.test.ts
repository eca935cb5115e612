import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { EngineRecord } from "../../../../src/core/uses/checkpoint.js";
import { historyOf } from "../../../../src/core/returns/return-history.js";
import type { ReturnGroup } from "../../../../src/core/returns/return-group.js";
import {
  noReturnNews,
  type RemovedImage,
  type ReturnNews,
} from "../../../../src/core/returns/return-news.js";
import { openLedger, openLedgerInMemory } from "../../../../src/ledger/sqlite-ledger.js";
import {
  checkpoint,
  engine,
  image,
  imageId,
  moment,
  otherEngine,
  record,
  removal,
  run,
} from "../../../support/ledger/build-records.js";
import { temporaryFolder } from "../../../support/ledger/temporary-folder.js";

const hour = 3_600_000;
const day = 24 * hour;
const group: ReturnGroup = { repository: "docker.io/library/app", tagState: "tagged" };

function withNews(news: Partial<ReturnNews>, changes: Partial<EngineRecord> = {}): EngineRecord {
  return record({ ...changes, news: { ...noReturnNews, ...news } });
}

const idle = (number: number, idleMs: number) => ({ image: imageId(number), idleMs, group });

function removed(number: number, changes: Partial<RemovedImage> = {}): RemovedImage {
  return {
    id: imageId(number),
    names: ["app:1", `app@${imageId(number)}`],
    group,
    lastUsedAt: moment - day,
    observedMsAtLastUse: 5,
    removedAt: moment,
    bytes: 1234,
    reason: "quota",
    ...changes,
  };
}

function open(path = join(temporaryFolder(), "ledger.db")) {
  return { path, ledger: openLedger(path) };
}

describe("idle times that ended in a use", () => {
  it("are kept for each image, the last eight of them, and counted by repository and length", () => {
    const { path, ledger } = open();
    const ended = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((hours) => idle(1, hours * hour));
    ledger.save(engine, withNews({ ended }), run());
    ledger.close();
    const again = open(path).ledger;
    const { idleTimes, bins } = again.usePast(engine);
    expect(idleTimes.get(imageId(1))).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((hours) => hours * hour));
    const counts = historyOf(bins, checkpoint().observedMs).counts.tagged.get(group.repository);
    expect(counts?.slice(0, 4)).toEqual([2, 3, 4, 0]);
    expect(again.usePast(otherEngine)).toEqual({ idleTimes: new Map(), bins: [], removed: [] });
    again.close();
  });

  it("count once, however often a record with them is saved", () => {
    const { ledger } = open();
    const first = withNews({ ended: [idle(1, hour)] });
    ledger.save(engine, first, run());
    ledger.save(engine, first, run());
    ledger.save(engine, withNews({ ended: [...first.news.ended, idle(1, 2 * hour)] }), run());
    expect(ledger.usePast(engine).idleTimes.get(imageId(1))).toEqual([hour, 2 * hour]);
    ledger.close();
  });

  it("weigh half after 30 days of observed time", () => {
    const { ledger } = open();
    const first = [idle(1, hour)];
    ledger.save(engine, withNews({ ended: first }), run());
    const later = checkpoint({ observedMs: checkpoint().observedMs + 30 * day });
    ledger.save(engine, withNews({ ended: [...first, idle(1, hour)] }, { checkpoint: later }), run());
    expect(ledger.usePast(engine).bins).toEqual([
      { group, bin: 0, ended: 1.5, weighedAtMs: later.observedMs },
    ]);
    ledger.close();
  });

  it("go with their image, but not with one that was removed and may come back", () => {
    const { ledger } = open();
    const ended = [idle(1, hour), idle(2, hour)];
    ledger.save(engine, withNews({ ended }), run());
    const news = { ended, removed: [removed(2)] };
    ledger.save(engine, withNews(news, { images: new Map(), containers: new Map() }), run());
    expect([...ledger.usePast(engine).idleTimes.keys()]).toEqual([imageId(2)]);
    ledger.close();
  });
});

describe("images that were removed", () => {
  it("are remembered as they were, each engine's by itself", () => {
    const { path, ledger } = open();
    ledger.save(engine, withNews({ removed: [removed(7)] }), run());
    ledger.close();
    const again = open(path).ledger;
    expect(again.removedImages(engine)).toEqual(new Map([[imageId(7), removed(7)]]));
    expect(again.removedImages(otherEngine)).toEqual(new Map());
    again.close();
  });

  it("are waited for no longer when they have come back, until they are removed again", () => {
    const { ledger } = open();
    const gone = [removed(7)];
    ledger.save(engine, withNews({ removed: gone }), run());
    const returned = [{ removed: removed(7), at: moment + hour }];
    ledger.save(engine, withNews({ removed: gone, returned }), run());
    expect(ledger.removedImages(engine)).toEqual(new Map());
    const again = removed(7, { removedAt: moment + day });
    ledger.save(engine, withNews({ removed: [...gone, again], returned }), run());
    expect(ledger.removedImages(engine)).toEqual(new Map([[imageId(7), again]]));
    ledger.close();
  });

  it("count once when they come back, and are told with the removal", () => {
    const { path, ledger } = open();
    const gone = [removed(7), removed(8, { reason: "age", group: { ...group, repository: "web" } })];
    const removals = [removal({ imageId: imageId(7), reasons: ["quota"] }), removal({ imageId: imageId(8) })];
    ledger.save(engine, withNews({ removed: gone }), run({ removals }));
    const returned = [{ removed: removed(7), at: moment + 3 * hour }];
    ledger.save(engine, withNews({ removed: gone, returned }), run({ removals }));
    ledger.save(engine, withNews({ removed: gone, returned }), run({ removals }));
    expect(ledger.totals().returnedImages).toEqual(new Map([["quota", 1]]));
    expect(ledger.totals().returnedBytes).toEqual(new Map([["quota", 1234]]));
    ledger.close();
    const again = openLedgerInMemory(path);
    const [past] = again.history();
    expect(past?.runs[0]?.removals.map((each) => each.returned)).toEqual([
      { at: moment + 3 * hour, bytes: 1234 },
      null,
    ]);
    expect(again.removedSince(engine, moment)).toEqual([
      { reason: "age", repository: "web", bytes: 1234, returnedBytes: 0 },
      { reason: "quota", repository: group.repository, bytes: 1234, returnedBytes: 1234 },
    ]);
    expect(again.removedSince(engine, moment + 1)).toEqual([]);
    expect(again.removedSince(otherEngine, moment)).toEqual([]);
    again.close();
  });

  it("are forgotten with the history, and with them the idle times of those that are not there", () => {
    const { ledger } = open();
    const ended = [idle(1, hour), idle(7, hour)];
    const images = new Map([[imageId(1), image()]]);
    const news = { ended, removed: [removed(1), removed(7)] };
    ledger.save(engine, withNews(news, { images, containers: new Map() }), run());
    ledger.forgetHistoryBefore(moment, engine);
    expect([...ledger.removedImages(engine).keys()]).toHaveLength(2);
    ledger.forgetHistoryBefore(moment + 1, engine);
    expect(ledger.removedImages(engine)).toEqual(new Map());
    expect([...ledger.usePast(engine).idleTimes.keys()]).toEqual([imageId(1)]);
    ledger.close();
  });
});
