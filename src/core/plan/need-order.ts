import type { ImageId } from "../image/image.js";
import { expectedMs, expectedUse, type ExpectedUse } from "../returns/next-use.js";
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
import { once } from "../text/once.js";

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

/** Images of one group, one by one in each list: what is worked out for very many is not gathered from all over the memory. */
interface Alike {
  /** Among the images that were asked about. */
  readonly places: number[];
  readonly idleMs: number[];
  readonly endedIdleMs: (readonly number[])[];
}

/** When each image is expected to be used next; what that rests on is worked out for those that are asked for. */
export class ExpectedUses {
  /** Milliseconds of observed time, by the place of the image among those that were asked about. */
  readonly neededInMs: Float64Array;
  readonly #images: readonly Pick<RankedImage, "facts">[];
  readonly #past: UsePast;
  readonly #groups = new ReturnGroups();
  readonly #rates: ReturnRates;
  readonly #places = once(() => new Map(this.#images.map(({ facts }, place) => [facts.image.id, place])));

  constructor(images: readonly Pick<RankedImage, "facts">[], past: UsePast) {
    this.#images = images;
    this.#past = past;
    this.neededInMs = new Float64Array(images.length);
    const byGroup = this.#byGroup();
    this.#rates = new ReturnRates(past.history, this.#running(byGroup), past.observedMs);
    for (const [group, { places, idleMs, endedIdleMs }] of byGroup) {
      const rates = this.#rates.of(group);
      for (const [index, place] of places.entries())
        this.neededInMs[place] = expectedMs(idleMs[index] ?? 0, endedIdleMs[index] ?? none, rates);
    }
  }

  get(id: ImageId): ExpectedUse | null {
    const facts = this.#images[this.#places().get(id) ?? -1]?.facts;
    if (facts === undefined) return null;
    const group = this.#groups.of(facts);
    const endedIdleMs = this.#past.idleTimes.get(id) ?? none;
    return expectedUse({ idleMs: facts.idleMs, endedIdleMs, group }, this.#rates.of(group));
  }

  *#running(byGroup: ReadonlyMap<ReturnGroup, Alike>): Generator<RunningIdleTime> {
    yield* this.#past.removed;
    for (const [group, alike] of byGroup) for (const idleMs of alike.idleMs) yield { group, idleMs };
  }

  #byGroup(): ReadonlyMap<ReturnGroup, Alike> {
    const byGroup = new Map<ReturnGroup, Alike>();
    let place = 0;
    for (const { facts } of this.#images) {
      const group = this.#groups.of(facts);
      let alike = byGroup.get(group);
      if (alike === undefined) byGroup.set(group, (alike = { places: [], idleMs: [], endedIdleMs: [] }));
      alike.places.push(place);
      alike.idleMs.push(facts.idleMs);
      alike.endedIdleMs.push(this.#past.idleTimes.get(facts.image.id) ?? none);
      place += 1;
    }
    return byGroup;
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
  images: readonly Pick<RankedImage, "facts">[],
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
 * @param order in the order of removal
 * @param expected of the same images in the same order
 */
export function needOrder(
  order: readonly RankedImage[],
  expected: ExpectedUses | null,
): readonly RankedImage[] {
  if (expected === null) return order.toReversed();
  const needs = expected.neededInMs.slice();
  const places = once(() => new Map(order.map((ranked, place) => [ranked, place])));
  followChildren(order, (parent, child) => {
    const [above, below] = [places().get(parent) ?? 0, places().get(child) ?? 0];
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
    const [ranked, first] = [order[place], firstPlaceOf(needs[place] ?? 0, sorted)];
    const before = taken[first] ?? 0;
    if (ranked !== undefined) result[first + before] = ranked;
    taken[first] = before + 1;
  }
  return result;
}

/** Where a number first stands among these, which it is one of. */
function firstPlaceOf(number: number, sorted: Float64Array): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
