import type { ImageId } from "../image/image.js";
import {
  believedRhythmOf,
  expectedMs,
  ownWaitMs,
  sizeWeight,
  type ExpectedUse,
} from "../returns/next-use.js";
import type { ImageFacts } from "../facts/image-facts.js";
import { followChildren, type RankedImage, type RemovalOrder } from "../facts/order.js";
import { ReturnGroups } from "../returns/return-group.js";
import {
  emptyReturnHistory,
  historyOf,
  isEmptyHistory,
  withEnded,
  withEndedIdle,
  type IdleTime,
  type ReturnHistory,
  type StoredBin,
} from "../returns/return-history.js";
import type { RemovedImage, ReturnNews } from "../returns/return-news.js";
import { ReturnRates } from "../returns/return-rates.js";
import { once } from "../text/once.js";

/** What the ledger knows of images that came back into use. */
export interface UsePast {
  readonly history: ReturnHistory;
  /** The idle times of single images that ended in a use, oldest first, in milliseconds of the observed clock. */
  readonly idleTimes: ReadonlyMap<ImageId, readonly number[]>;
  /** Of images that were removed not long ago. */
  readonly removed: readonly IdleTime[];
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

/** When each image is expected to be used next; what that rests on is worked out for those that are asked for. */
export class ExpectedUses {
  readonly #neededInMs: Float64Array;
  readonly #images: readonly ImageFacts[];
  readonly #past: UsePast;
  readonly #groups = new ReturnGroups();
  readonly #rates: ReturnRates;
  readonly #places = once(() => new Map(this.#images.map(({ image }, place) => [image.id, place])));

  constructor(images: readonly ImageFacts[], past: UsePast) {
    this.#images = images;
    this.#past = past;
    const { history, idleTimes, removed, observedMs } = past;
    const count = images.length + removed.length;
    const [groups, idleMs] = [new Uint32Array(count), new Float64Array(count)];
    // All that is far apart in the memory is met once, and in the order in which it was made: it lies side by side then.
    const [ownMs, weights] = [new Float64Array(images.length), new Float64Array(images.length)];
    const usualBytes = images.reduce((sum, { image }) => sum + image.sizeBytes, 0) / images.length;
    images.forEach((facts, place) => {
      groups[place] = this.#groups.numberOf(facts);
      idleMs[place] = facts.idleMs;
      const ended = idleTimes.get(facts.image.id) ?? none;
      const rhythmMs = believedRhythmOf(facts.idleMs, ended);
      ownMs[place] = ownWaitMs(facts.idleMs, ended, rhythmMs);
      weights[place] = rhythmMs === null ? 1 : sizeWeight(facts.image.sizeBytes, usualBytes);
    });
    removed.forEach((running, place) => {
      groups[images.length + place] = this.#groups.number(running.group);
      idleMs[images.length + place] = running.idleMs;
    });
    this.#rates = new ReturnRates(this.#groups, history, { groups, idleMs }, observedMs);
    this.#neededInMs = ownMs.map((own, place) => {
      const idle = idleMs[place] ?? 0;
      const expected = expectedMs(idle, own, this.#rates.waitMs(groups[place] ?? 0, idle));
      return expected * (weights[place] ?? 1);
    });
  }

  /** Milliseconds of observed time by the place of the image among the facts, weighed by its size where it has a rhythm. */
  neededInMs(place: number): number {
    return this.#neededInMs[place] ?? Infinity;
  }

  get(id: ImageId): ExpectedUse | null {
    const facts = this.#images[this.#places().get(id) ?? -1];
    if (facts === undefined) return null;
    const { idleMs } = facts;
    const ended = this.#past.idleTimes.get(id) ?? none;
    const group = this.#groups.numberOf(facts);
    const rhythmMs = believedRhythmOf(idleMs, ended);
    const [ownMs, repositoryMs] = [ownWaitMs(idleMs, ended, rhythmMs), this.#rates.waitMs(group, idleMs)];
    return {
      expectedMs: expectedMs(idleMs, ownMs, repositoryMs),
      idleMs,
      ownMs,
      repositoryMs,
      rhythmMs,
      group: this.#groups.get(group),
      compared: this.#rates.compared(group, idleMs),
    };
  }
}

const none: readonly number[] = [];

/**
 * What is expected of these images; null where last use decides alone: as long as no idle time has ended in a use, or where
 * that order is asked for.
 *
 * @param readPast called only where it matters
 */
export function expectedUses(
  images: readonly ImageFacts[],
  by: "next-use" | "last-use",
  readPast: () => UsePast,
): ExpectedUses | null {
  if (by === "last-use") return null;
  const past = readPast();
  return isEmptyHistory(past.history) ? null : new ExpectedUses(images, past);
}

/**
 * The images in the order in which they are needed, soonest first, every parent before its children. What is needed equally
 * soon, as all is where nothing is expected, is in the order of last use.
 *
 * @param expected of the facts that were put in order
 */
export function needOrder(
  { order, places }: RemovalOrder,
  expected: ExpectedUses | null,
): readonly RankedImage[] {
  if (expected === null) return order.toReversed();
  const needs = new Float64Array(order.length);
  places.forEach((place, turn) => (needs[turn] = expected.neededInMs(place)));
  const turns = once(() => new Map(order.map((ranked, turn) => [ranked, turn])));
  followChildren(order, (parent, child) => {
    const [above, below] = [turns().get(parent) ?? 0, turns().get(child) ?? 0];
    needs[above] = Math.min(needs[above] ?? Infinity, needs[below] ?? Infinity);
  });
  return inOrderOf(needs, order);
}

/**
 * Sorted by these numbers, the last one first of those with the same. Plain numbers are sorted ten times as fast as by a function that
 * compares; each image then finds its place among them.
 */
function inOrderOf(needs: Float64Array, order: readonly RankedImage[]): RankedImage[] {
  const sorted = needs.toSorted();
  const taken = new Uint32Array(needs.length);
  const result = order.slice();
  for (let place = needs.length - 1; place >= 0; place -= 1) {
    const ranked = order[place];
    const first = firstPlaceOf(needs[place] ?? 0, sorted);
    const before = taken[first] ?? 0;
    if (ranked !== undefined) result[first + before] = ranked;
    taken[first] = before + 1;
  }
  return result;
}

/** Where a number first stands among these, which it is one of. */
function firstPlaceOf(number: number, sorted: Float64Array): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
