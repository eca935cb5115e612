import type { ReturnGroup } from "./return-group.js";
import { keptIdleTimes } from "./return-history.js";
import type { ComparedIdleTimes } from "./return-rates.js";

/**
 * The expected time to the next use, the three that it is the mean of, and what they rest on. Milliseconds of observed time;
 * none is a promise, and what has no evidence is infinite.
 */
export interface ExpectedUse {
  readonly expectedMs: number;
  /** What is unused for long stays unused for long. */
  readonly idleMs: number;
  /** By the image's own rhythm. */
  readonly ownMs: number;
  /** By what images of the same repository did that were idle as long. */
  readonly repositoryMs: number;
  /** How long it is idle each time, where that is a rhythm that is still believed in. */
  readonly rhythmMs: number | null;
  readonly group: ReturnGroup;
  readonly compared: ComparedIdleTimes;
}

const halfHourMs = 1_800_000;

/** Of an image that never came back into use: it is expected in four times its idle time. */
const neverBack = 4;

/** A rhythm needs this many idle times, and they may differ from their median by this share of it, in the median. */
const rhythmLength = 3;
const rhythmShare = 0.2;

/** How far beyond its median a rhythm is still believed in. */
const rhythmPatience = 1.25;

/**
 * The geometric mean of three expectations: none of them is right alone. Idle time alone is least recently used; an image's
 * own rhythm knows the nightly job; the repository knows that a commit's image is seldom run the day after.
 */
export function expectedMs(idleMs: number, ownMs: number, repositoryMs: number): number {
  return Math.cbrt(idleMs * ownMs * repositoryMs);
}

/**
 * What has been idle for longer than ever is late: it may have been superseded, so it is waited for less and less. Slowly, as
 * projects rest and are taken up again.
 *
 * @param rhythmMs what `believedRhythmOf` says of the same
 */
export function ownWaitMs(idleMs: number, ended: readonly number[], rhythmMs: number | null): number {
  if (ended.length === 0) return neverBack * idleMs;
  if (rhythmMs !== null) return Math.max(halfHourMs, rhythmMs - idleMs);
  let sum = idleMs;
  let longest = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- iterators cost twice as much over so many short lists
  for (let place = 0; place < ended.length; place += 1) {
    const each = ended[place] ?? 0;
    sum += each;
    longest = Math.max(longest, each);
  }
  return Math.max(sum / ended.length, (idleMs - longest) / 3);
}

/**
 * What the wait of an image with a rhythm is multiplied by. Of images that are needed about equally soon the larger one stays first:
 * smaller ones fill the room that it leaves, so that more bytes stay.
 *
 * @param usualBytes the mean of all images
 */
export function sizeWeight(sizeBytes: number, usualBytes: number): number {
  return usualBytes === 0 ? 1 : ((usualBytes + sizeBytes) / (2 * usualBytes)) ** -0.1;
}

/** How long it is idle each time, where that is a rhythm that is still believed in. */
export function believedRhythmOf(idleMs: number, ended: readonly number[]): number | null {
  let asLong = 0;
  // eslint-disable-next-line @typescript-eslint/prefer-for-of -- the same
  for (let place = 0; place < ended.length; place += 1)
    if (idleMs <= rhythmPatience * (ended[place] ?? 0)) asLong += 1;
  // The median is as long where half of them are: most images need no sorting.
  return 2 * asLong < ended.length ? null : rhythmOf(ended);
}

/** About how long it is idle each time: the median, the upper one of two in the middle; null where that differs too much. Milliseconds. */
export function rhythmOf(ended: readonly number[]): number | null {
  if (ended.length < rhythmLength) return null;
  const count = sort(ended);
  const median = sorted[count >> 1] ?? 0;
  let near = 0;
  for (let place = 0; place < count; place += 1)
    if (Math.abs((sorted[place] ?? 0) - median) <= rhythmShare * median) near += 1;
  // The median of the deviations is small enough where those up to it are.
  return near > count >> 1 ? median : null;
}

/** As many as an image has on record; one list for all images, as there may be very many. */
const sorted = new Float64Array(keptIdleTimes);

/** Puts numbers into `sorted`, the lowest first; how many they are. By place, as an iterator would make an object for each. */
function sort(numbers: readonly number[]): number {
  for (let count = 0; count < numbers.length; count += 1) {
    const number = numbers[count] ?? 0;
    let place = count;
    for (; place > 0 && (sorted[place - 1] ?? 0) > number; place -= 1) sorted[place] = sorted[place - 1] ?? 0;
    sorted[place] = number;
  }
  return numbers.length;
}
