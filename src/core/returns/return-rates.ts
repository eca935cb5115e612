import { binCount, binEnd, binOf, binStart, type BinCounts } from "./idle-bins.js";
import type { ReturnGroup, TagState } from "./return-group.js";
import { shareLeft, type ReturnHistory } from "./return-history.js";

/** An idle time that still runs: of an image that is there, or that was removed not long ago. */
export interface RunningIdleTime {
  readonly group: ReturnGroup;
  readonly idleMs: number;
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

/** By bin: the chance that an idle time which has come so far ends in a use there. */
type Rates = Float64Array;

/**
 * How likely idle times end in a use. A repository's own past counts beside that of all repositories, so one with little
 * past is judged like the rest.
 */
export class ReturnRates {
  readonly #byState: Readonly<Record<TagState, StateRates>>;

  /** `observedMs`: the observed clock now. */
  constructor(history: ReturnHistory, running: Iterable<RunningIdleTime>, observedMs: number) {
    const left = shareLeft(history, observedMs);
    const open: Readonly<Record<TagState, Map<string, Float64Array>>> = {
      tagged: new Map(),
      untagged: new Map(),
    };
    // Of very many, those of a group come together: it is looked up once for them.
    let [last, bins]: [ReturnGroup | null, Float64Array] = [null, none];
    for (const { group, idleMs } of running) {
      if (idleMs < binStart(0)) continue;
      if (group !== last) {
        bins = open[group.tagState].get(group.repository) ?? new Float64Array(binCount);
        open[group.tagState].set(group.repository, bins);
        last = group;
      }
      const bin = binOf(idleMs);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const ratesOf = (state: TagState) => stateRates(history.counts[state], left, open[state]);
    this.#byState = { tagged: ratesOf("tagged"), untagged: ratesOf("untagged") };
  }

  /** Asked once for many images of a group, it is looked up once. */
  of({ repository, tagState }: ReturnGroup): GroupRates {
    const { byRepository, unknown } = this.#byState[tagState];
    return byRepository.get(repository) ?? unknown;
  }
}

/** How likely the idle times of one group end in a use. */
export class GroupRates {
  readonly #counts: ReachedCounts;
  readonly #rates: Rates;
  /** By bin, as far as they were asked for. */
  readonly #compared: ComparedIdleTimes[] = [];

  constructor(counts: ReachedCounts, rates: Rates) {
    this.#counts = counts;
    this.#rates = rates;
  }

  /**
   * The shortest wait for a use, over all horizons: the expected time that the image is kept up to a horizon, divided by the
   * chance that it is used until then. Milliseconds; infinite beyond the last bin.
   */
  waitMs(idleMs: number): number {
    let [best, kept, unused] = [Infinity, 0, 1];
    let at = Math.max(idleMs, binStart(0));
    for (let bin = binOf(idleMs); bin < binCount; bin += 1) {
      const restMs = binEnd(bin) - at;
      if (restMs <= 0) continue;
      const share = restMs / (binEnd(bin) - binStart(bin));
      const whole = this.#rates[bin] ?? 0;
      const rate = share >= 1 ? whole : 1 - (1 - whole) ** share;
      kept += unused * restMs * (1 - rate / 2);
      unused *= 1 - rate;
      at = binEnd(bin);
      best = Math.min(best, kept / Math.max(1e-9, 1 - unused));
    }
    return best;
  }

  compared(idleMs: number): ComparedIdleTimes {
    const bin = binOf(idleMs);
    return (this.#compared[bin] ??= this.#comparedIn(bin));
  }

  #comparedIn(bin: number): ComparedIdleTimes {
    const { ended, reached } = this.#counts;
    return { asLong: reached[bin] ?? 0, ended: ended.subarray(bin).reduce((sum, each) => sum + each, 0) };
  }
}

interface StateRates {
  readonly byRepository: ReadonlyMap<string, GroupRates>;
  /** For repositories without a past. */
  readonly unknown: GroupRates;
}

/** By bin: idle times that ended in it, and all that came through it or ended in it. */
interface ReachedCounts {
  readonly ended: Float64Array;
  readonly reached: Float64Array;
}

const none = new Float64Array(binCount);
const nothingCounted: ReachedCounts = { ended: none, reached: none };

/** `left`: what is left of the counts by now, from 0 to 1. */
function stateRates(
  counts: ReadonlyMap<string, BinCounts>,
  left: number,
  open: ReadonlyMap<string, Float64Array>,
): StateRates {
  const repositories = new Map<string, ReachedCounts>();
  for (const [repository, known] of counts) {
    const ended = new Float64Array(binCount);
    for (let bin = 0; bin < binCount; bin += 1) ended[bin] = (known[bin] ?? 0) * left;
    repositories.set(repository, { ended, reached: reachedOf(ended, open.get(repository) ?? none) });
  }
  for (const [repository, running] of open)
    if (!counts.has(repository))
      repositories.set(repository, { ended: none, reached: reachedOf(none, running) });
  const shared = sharedRates([...repositories.values()]);
  const byRepository = new Map<string, GroupRates>();
  for (const [repository, counted] of repositories) {
    const { ended, reached } = counted;
    const rates = new Float64Array(binCount);
    for (let bin = 0; bin < binCount; bin += 1)
      rates[bin] =
        ((ended[bin] ?? 0) + sharedWeight * (shared[bin] ?? 0)) / ((reached[bin] ?? 0) + sharedWeight);
    byRepository.set(repository, new GroupRates(counted, rates));
  }
  return { byRepository, unknown: new GroupRates(nothingCounted, shared) };
}

/** An idle time that still runs in a bin has not come through it, and says nothing of it. */
function reachedOf(ended: Float64Array, open: Float64Array): Float64Array {
  const reached = new Float64Array(binCount);
  let later = 0;
  for (let bin = binCount - 1; bin >= 0; bin -= 1) {
    later += ended[bin] ?? 0;
    reached[bin] = later;
    later += open[bin] ?? 0;
  }
  return reached;
}

/** Repositories count alike, however many images each has. */
function sharedRates(repositories: readonly ReachedCounts[]): Rates {
  return none.map((_, bin) => {
    let [endedSum, reachedSum] = [0, 0];
    for (const { ended, reached } of repositories) {
      const reachedHere = reached[bin] ?? 0;
      const weight = Math.min(1, repositoryWeight / reachedHere);
      endedSum += weight * (ended[bin] ?? 0);
      reachedSum += weight * reachedHere;
    }
    const guess = (firstGuess * (binEnd(bin) - binStart(bin))) / binEnd(bin);
    return (endedSum + guess) / (reachedSum + 1);
  });
}
