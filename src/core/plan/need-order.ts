import type { ImageId } from "../image/image.js";
import type { ImageFacts } from "../facts/image-facts.js";
import { expectedUse, type ExpectedUse } from "../returns/next-use.js";
import { compareForRemoval, followChildren, type RankedImage } from "../facts/order.js";
import { groupOf } from "../returns/return-group.js";
import {
  emptyReturnHistory,
  historyOf,
  isEmptyHistory,
  withEnded,
  withEndedIdle,
  type ReturnHistory,
  type StoredBin,
} from "../returns/return-history.js";
import type { RemovedImage, ReturnNews } from "../returns/return-news.js";
import { ReturnRates, type RunningIdleTime } from "../returns/return-rates.js";

/** What the ledger knows of images that came back into use. */
export interface UsePast {
  readonly history: ReturnHistory;
  /** The idle times of single images that ended in a use, oldest first, in milliseconds of the observed clock. */
  readonly idleTimes: ReadonlyMap<ImageId, readonly number[]>;
  /** Of images that were removed not long ago. */
  readonly removed: readonly RunningIdleTime[];
  /** The observed clock now, in milliseconds. */
  readonly observedMs: number;
}

export const noUsePast: UsePast = {
  history: emptyReturnHistory,
  idleTimes: new Map(),
  removed: [],
  observedMs: 0,
};

/** The same as the ledger has it. */
export interface StoredUsePast {
  readonly idleTimes: ReadonlyMap<ImageId, readonly number[]>;
  readonly bins: readonly StoredBin[];
  /** Those that have not come back. */
  readonly removed: readonly RemovedImage[];
}

/** What the ledger has, and what a record holds that is not saved yet. */
export function usePastOf(
  { idleTimes: stored, bins, removed }: StoredUsePast,
  { ended, removed: removedSince, returned }: ReturnNews,
  observedMs: number,
): UsePast {
  const idleTimes = new Map(stored);
  for (const { image, idleMs } of ended)
    idleTimes.set(image, withEndedIdle(idleTimes.get(image) ?? [], idleMs));
  const isBack = new Set(returned.map(({ removed: { id } }) => id));
  const running = [...removed, ...removedSince].filter(({ id }) => !isBack.has(id));
  return {
    history: withEnded(historyOf(bins, observedMs), ended, observedMs),
    idleTimes,
    removed: running.map(({ group, observedMsAtLastUse }) => ({
      group,
      idleMs: observedMs - observedMsAtLastUse,
    })),
    observedMs,
  };
}

/** The same after so much more time in which nothing happens. */
export function pastAfter(past: UsePast, ms: number): UsePast {
  const removed = past.removed.map(({ group, idleMs }) => ({ group, idleMs: idleMs + ms }));
  return { ...past, removed, observedMs: past.observedMs + ms };
}

/** When each image is expected to be used next, by its ID. */
export type ExpectedUses = ReadonlyMap<ImageId, ExpectedUse>;

/**
 * What is expected of these images; null where last use decides alone: as long as no idle time has ended in a use, or where
 * that order is asked for.
 *
 * @param readPast called only where it matters
 */
export function expectedUses(
  images: readonly Pick<RankedImage, "facts">[],
  by: "next-use" | "last-use",
  readPast: () => UsePast,
): ExpectedUses | null {
  if (by === "last-use") return null;
  const past = readPast();
  if (isEmptyHistory(past.history)) return null;
  const rates = ratesOf(images, past);
  return new Map(images.map(({ facts }) => [facts.image.id, expectedUseOf(facts, past, rates)]));
}

interface NeededImage extends RankedImage {
  /** Milliseconds; a parent is needed as soon as the soonest needed image built on it. */
  readonly neededInMs: number;
}

/**
 * The images in the order in which they are needed, soonest first, every parent before its children. Where nothing is
 * expected, that is the order of last use.
 *
 * @param order in the order of removal
 */
export function needOrder(
  order: readonly RankedImage[],
  expected: ExpectedUses | null,
): readonly RankedImage[] {
  if (expected === null) return order.toReversed();
  const needed = order.map((ranked): Mutable<NeededImage> => {
    return { ...ranked, neededInMs: expected.get(ranked.facts.image.id)?.expectedMs ?? Infinity };
  });
  followChildren(needed, (parent, child) => {
    parent.neededInMs = Math.min(parent.neededInMs, child.neededInMs);
  });
  return needed.sort(
    (first, second) =>
      compareNumbers(first.neededInMs, second.neededInMs) ||
      first.depth - second.depth ||
      compareForRemoval(second, first),
  );
}

/** How soon images of each repository come back, by all that is known. */
function ratesOf(images: readonly Pick<RankedImage, "facts">[], past: UsePast): ReturnRates {
  const running = images.map(({ facts }) => ({ group: groupOf(facts), idleMs: facts.idleMs }));
  return new ReturnRates(past.history, [...running, ...past.removed], past.observedMs);
}

function expectedUseOf(facts: ImageFacts, { idleTimes }: UsePast, rates: ReturnRates): ExpectedUse {
  const endedIdleMs = idleTimes.get(facts.image.id) ?? [];
  return expectedUse({ idleMs: facts.idleMs, endedIdleMs, group: groupOf(facts) }, rates);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Both may be infinite. */
function compareNumbers(first: number, second: number): number {
  return first === second ? 0 : first - second;
}
