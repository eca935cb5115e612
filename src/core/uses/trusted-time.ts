import type { SteadyClock } from "./checkpoint.js";

/**
 * A time of day that the clocks of all engines of a ledger bear out, for what is done once and for all by a date: history is
 * forgotten by it. It goes on with this host's steady clock, and makes up for sleep and boots, which that does not count,
 * by as much as all clocks are ahead that were read in the course of a day, or of a boot, and the next one as well.
 */
export interface TrustedTime {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly steady: SteadyClock;
  /** The trusted time at which the clocks began to be compared. */
  readonly comparedSince: number;
  /** How far all of them have been ahead since then, in milliseconds. */
  readonly aheadMs: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** `now`: the clock of the engine that was asked; epoch milliseconds. */
export function nextTrustedTime(before: TrustedTime | null, now: number, steady: SteadyClock): TrustedTime {
  if (before === null) return { at: now, steady, comparedSince: now, aheadMs: 0 };
  const passedMs = steady.elapsedMs - before.steady.elapsedMs;
  const isSameBoot = steady.bootId === before.steady.bootId && passedMs >= 0;
  const at = before.at + (isSameBoot ? passedMs : 0);
  const aheadMs = Math.min(before.aheadMs, Math.max(0, now - at));
  if (isSameBoot && at - before.comparedSince < dayMs) return { ...before, at, steady, aheadMs };
  const caughtUp = at + aheadMs;
  return { at: caughtUp, steady, comparedSince: caughtUp, aheadMs: Math.max(0, now - caughtUp) };
}
