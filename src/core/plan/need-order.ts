import type { ImageId } from "../image/image.js";
import type { ImageFacts } from "../facts/image-facts.js";
import { expectedUse, type ExpectedUse } from "../returns/next-use.js";
import { followChildren, type RankedImage } from "../facts/order.js";
import { ReturnGroups, type ReturnGroup } from "../returns/return-group.js";
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
  const groups = new ReturnGroups();
  const byGroup = new Map<ReturnGroup, ImageFacts[]>();
  const running: RunningIdleTime[] = [...past.removed];
  for (const { facts } of images) {
    const group = groups.of(facts);
    const alike = byGroup.get(group);
    if (alike === undefined) byGroup.set(group, [facts]);
    else alike.push(facts);
    running.push({ group, idleMs: facts.idleMs });
  }
  const rates = new ReturnRates(past.history, running, past.observedMs);
  const expected = new Map<ImageId, ExpectedUse>();
  for (const [group, alike] of byGroup) {
    const ofGroup = rates.of(group);
    for (const { image, idleMs } of alike) {
      const endedIdleMs = past.idleTimes.get(image.id) ?? none;
      expected.set(image.id, expectedUse({ idleMs, endedIdleMs, group }, ofGroup));
    }
  }
  return expected;
}

const none: readonly number[] = [];

/**
 * The images in the order in which they are needed, soonest first, every parent before its children. What is needed equally
 * soon, as all is where nothing is expected, is in the order of last use.
 *
 * @param order in the order of removal
 */
export function needOrder(
  order: readonly RankedImage[],
  expected: ExpectedUses | null,
): readonly RankedImage[] {
  const byLastUse = order.toReversed();
  if (expected === null) return byLastUse;
  const ofParents = new Map<ImageId, number>();
  const neededInMs = ({ facts: { image } }: RankedImage) =>
    ofParents.get(image.id) ?? expected.get(image.id)?.expectedMs ?? Infinity;
  followChildren(byLastUse, (parent, child) => {
    ofParents.set(parent.facts.image.id, Math.min(neededInMs(parent), neededInMs(child)));
  });
  // Places and plain numbers are sorted in half the time that objects take, of which there may be very many.
  const needs = byLastUse.map(neededInMs);
  return [...needs.keys()]
    .sort((first, second) => compareNumbers(needs[first] ?? 0, needs[second] ?? 0))
    .flatMap((place) => byLastUse[place] ?? []);
}

/** Both may be infinite. */
function compareNumbers(first: number, second: number): number {
  return first === second ? 0 : first - second;
}
