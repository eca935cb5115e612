import { binCount, binEnd, binOf, binStart } from "./idle-bins.js";
import type { ReturnGroups, TagState } from "./return-group.js";
import { shareLeft, type ReturnHistory } from "./return-history.js";

/** Idle times that still run: of images that are there, or that were removed not long ago. */
export interface RunningIdleTimes {
  /** By number. */
  readonly groups: Uint32Array;
  readonly idleMs: Float64Array;
}

/** What became of the idle times of a repository's images that came as far as one that runs; they fade, so no whole numbers. */
export interface ComparedIdleTimes {
  readonly asLong: number;
  /** Those of them that ended in a use. */
  readonly ended: number;
}

/** How much all repositories together weigh beside the idle times of one. */
const sharedWeight = 4;

/** No repository weighs more than this many idle times in what is taken for all of them. */
const repositoryWeight = 4;

/** A first guess before anything is known: the longer idle, the less likely a use within an hour. */
const firstGuess = 0.3;

/** A number for each bin of each group, one group behind the other: an array each would cost more than all that is worked out. */
type ByBin = Float64Array;

/**
 * How likely idle times end in a use. A repository's own past counts beside that of all repositories, so one with little
 * past is judged like the rest.
 */
export class ReturnRates {
  /** Idle times that ended in the bin. */
  readonly #ended: ByBin;
  /** Idle times that ended in the bin or came through it. */
  readonly #reached: ByBin;
  /** The chance that an idle time which has come to the bin ends in a use there. */
  readonly #rates: ByBin;

  /**
   * `groups` numbers those of the idle times that run, and of all that is asked for later; it gets those of the history.
   * `observedMs`: the observed clock now.
   */
  constructor(groups: ReturnGroups, history: ReturnHistory, running: RunningIdleTimes, observedMs: number) {
    this.#ended = endedIn(history, groups, observedMs);
    this.#reached = reachedOf(this.#ended, openIn(running, this.#ended.length));
    this.#rates = ratesOf(this.#ended, this.#reached);
  }

  /**
   * The shortest wait for a use, over all horizons: the expected time that an image of the group is kept up to a horizon,
   * divided by the chance that it is used until then. Milliseconds; infinite beyond the last bin.
   */
  waitMs(group: number, idleMs: number): number {
    let best = Infinity;
    let kept = 0;
    let unused = 1;
    let at = Math.max(idleMs, binStart(0));
    for (let bin = binOf(idleMs); bin < binCount; bin += 1) {
      const restMs = binEnd(bin) - at;
      if (restMs <= 0) continue;
      const share = restMs / (binEnd(bin) - binStart(bin));
      const whole = this.#rates[group * binCount + bin] ?? 0;
      const rate = share >= 1 ? whole : 1 - (1 - whole) ** share;
      kept += unused * restMs * (1 - rate / 2);
      unused *= 1 - rate;
      at = binEnd(bin);
      best = Math.min(best, kept / Math.max(1e-9, 1 - unused));
    }
    return best;
  }

  compared(group: number, idleMs: number): ComparedIdleTimes {
    const place = group * binCount + binOf(idleMs);
    const later = this.#ended.subarray(place, (group + 1) * binCount);
    return { asLong: this.#reached[place] ?? 0, ended: later.reduce((sum, each) => sum + each, 0) };
  }
}

const tagStates: readonly TagState[] = ["tagged", "untagged"];

function endedIn(history: ReturnHistory, groups: ReturnGroups, observedMs: number): ByBin {
  const left = shareLeft(history, observedMs);
  const known = tagStates.flatMap((tagState) =>
    Array.from(history.counts[tagState].keys(), (repository) => groups.number({ repository, tagState })),
  );
  const ended = new Float64Array(groups.count * binCount);
  let next = 0;
  for (const tagState of tagStates)
    for (const bins of history.counts[tagState].values()) {
      const first = (known[next] ?? 0) * binCount;
      for (let bin = 0; bin < binCount; bin += 1) ended[first + bin] = (bins[bin] ?? 0) * left;
      next += 1;
    }
  return ended;
}

function openIn({ groups, idleMs }: RunningIdleTimes, length: number): ByBin {
  const open = new Float64Array(length);
  for (let place = 0; place < groups.length; place += 1) {
    const idle = idleMs[place] ?? 0;
    if (idle < binStart(0)) continue;
    const at = (groups[place] ?? 0) * binCount + binOf(idle);
    open[at] = (open[at] ?? 0) + 1;
  }
  return open;
}

/** An idle time that still runs in a bin has not come through it, and says nothing of it. */
function reachedOf(ended: ByBin, open: ByBin): ByBin {
  const reached = new Float64Array(ended.length);
  let later = 0;
  for (let place = ended.length - 1; place >= 0; place -= 1) {
    if (place % binCount === binCount - 1) later = 0;
    later += ended[place] ?? 0;
    reached[place] = later;
    later += open[place] ?? 0;
  }
  return reached;
}

function ratesOf(ended: ByBin, reached: ByBin): ByBin {
  const shared = sharedRates(ended, reached);
  const rates = new Float64Array(ended.length);
  for (let place = 0; place < rates.length; place += 1) {
    const weighed = sharedWeight * (shared[place % shared.length] ?? 0);
    rates[place] = ((ended[place] ?? 0) + weighed) / ((reached[place] ?? 0) + sharedWeight);
  }
  return rates;
}

/** Whole numbers of such parts have the same sum in any order, and so a plan does not depend on that of the listing. */
const parts = 2 ** 20;

/** Of all that have a tag, and behind it of all that have lost it. Repositories count alike, however many images each has. */
function sharedRates(ended: ByBin, reached: ByBin): ByBin {
  const [endedSums, reachedSums] = [new Float64Array(2 * binCount), new Float64Array(2 * binCount)];
  for (let place = 0; place < ended.length; place += 1) {
    const reachedHere = reached[place] ?? 0;
    if (reachedHere === 0) continue;
    const weight = Math.min(1, repositoryWeight / reachedHere);
    const shared = place % endedSums.length;
    endedSums[shared] = (endedSums[shared] ?? 0) + Math.round(weight * (ended[place] ?? 0) * parts);
    reachedSums[shared] = (reachedSums[shared] ?? 0) + Math.round(weight * reachedHere * parts);
  }
  return endedSums.map((sum, shared) => {
    const bin = shared % binCount;
    const guess = (firstGuess * (binEnd(bin) - binStart(bin))) / binEnd(bin);
    return (sum / parts + guess) / ((reachedSums[shared] ?? 0) / parts + 1);
  });
}
