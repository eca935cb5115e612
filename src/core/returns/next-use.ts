import type { ReturnGroup } from "./return-group.js";
import type { ComparedIdleTimes, GroupRates } from "./return-rates.js";

/** What is known of one image's use; times are milliseconds of the observed clock. */
export interface ImageRhythm {
  readonly idleMs: number;
  /** Its own idle times that ended in a use, oldest first. */
  readonly endedIdleMs: readonly number[];
  readonly group: ReturnGroup;
}

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
export function expectedUse({ idleMs, endedIdleMs, group }: ImageRhythm, rates: GroupRates): ExpectedUse {
  return {
    expectedMs: expectedMs(idleMs, endedIdleMs, rates),
    idleMs,
    ownMs: ownWaitMs(idleMs, endedIdleMs),
    repositoryMs: rates.waitMs(idleMs),
    rhythmMs: believedRhythmOf(idleMs, endedIdleMs),
    group,
    compared: rates.compared(idleMs),
  };
}

/** The same without what it rests on, of which very many images have no need. */
export function expectedMs(idleMs: number, endedIdleMs: readonly number[], rates: GroupRates): number {
  return Math.cbrt(idleMs * ownWaitMs(idleMs, endedIdleMs) * rates.waitMs(idleMs));
}

function ownWaitMs(idleMs: number, ended: readonly number[]): number {
  if (ended.length === 0) return neverBack * idleMs;
  const rhythmMs = believedRhythmOf(idleMs, ended);
  if (rhythmMs !== null) return Math.max(halfHourMs, rhythmMs - idleMs);
  let sum = 0;
  for (const each of ended) sum += each;
  return (sum + idleMs) / ended.length;
}

function believedRhythmOf(idleMs: number, ended: readonly number[]): number | null {
  const rhythm = rhythmOf(ended);
  return rhythm !== null && idleMs <= rhythmPatience * rhythm ? rhythm : null;
}

/** About how long it is idle each time: the median; null where that differs too much. Milliseconds. */
export function rhythmOf(ended: readonly number[]): number | null {
  if (ended.length < rhythmLength) return null;
  const median = medianOf(ended);
  let near = 0;
  for (const each of ended) if (Math.abs(each - median) <= rhythmShare * median) near += 1;
  // The median of the deviations is small enough where those up to it are.
  return near > ended.length >> 1 ? median : null;
}

/** The upper one of two in the middle. Without a sorted copy, as there may be very many images and each has few numbers. */
function medianOf(numbers: readonly number[]): number {
  const middle = numbers.length >> 1;
  for (const each of numbers) {
    let [less, same] = [0, 0];
    for (const other of numbers) {
      if (other < each) less += 1;
      else if (other === each) same += 1;
    }
    if (less <= middle && less + same > middle) return each;
  }
  return 0;
}
