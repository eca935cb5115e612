import { knownFrom, relist } from "../../src/run/observe/relist.js";
import { learnLayers } from "../../src/run/observe/learn-layers.js";
import type { EngineSession, ListingSettings } from "../../src/run/observe/list.js";
import { Watch } from "../../src/run/observe/watch.js";
import type { EngineRecord, SteadyClock } from "../../src/core/uses/checkpoint.js";
import { ImageChanges } from "../../src/core/uses/image-changes.js";
import type { ListingSource } from "../../src/core/image/listing.js";
import { nextRecord } from "../../src/core/uses/next-record.js";
import { OwnTags } from "../../src/core/image/own-tags.js";
import type { Engine } from "../../src/engine/port.js";

/** The clocks of an observation, so that two of them can see the same time; epoch milliseconds. */
export interface Moment {
  readonly now: () => number;
  readonly nowAtMost: () => number;
  readonly steady: SteadyClock;
}

export interface Observed {
  readonly record: EngineRecord;
  readonly source: ListingSource;
}

/** The observation of a run, and the record after it. */
export async function observeAt(
  { now, nowAtMost, steady }: Moment,
  {
    engine,
    record,
    listing,
  }: { readonly engine: Engine; readonly record: EngineRecord; readonly listing: ListingSettings },
): Promise<Observed> {
  const described = await engine.describe();
  const session: EngineSession = {
    engine,
    description: { ...described, now, nowAtMost },
    steadyClock: () => steady,
    listing,
  };
  const seen = await relist(session, knownFrom(record, new ImageChanges()));
  const observed = await Watch.observe(session, record, seen, new OwnTags());
  const { learned } = await learnLayers(session, record, observed.listing, () => undefined);
  return { record: nextRecord(record, observed, learned), source: seen.source };
}

/** Layers are numbered in the order in which they were learned; when all were listed last is no part of what is known. */
export function shownRecord(record: EngineRecord): object {
  const { layers } = record;
  const chainOf = (top: number | null) => (top === null ? null : layers.layers.get(top)?.chainId);
  return {
    ...record,
    listed: null,
    names: null,
    layers: null,
    images: sorted(record.images),
    containers: sorted(record.containers),
    learned: sorted(layers.images).map(([id, { top, taggedAt }]) => [id, chainOf(top), taggedAt]),
  };
}

export function sorted<Value>(values: ReadonlyMap<string, Value>): (readonly [string, Value])[] {
  return [...values].sort(([first], [second]) => (first < second ? -1 : 1));
}
