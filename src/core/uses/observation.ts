/**
 * Why events are missing, or time does not count. `clock`: the engine's clock and ours went apart; `host`: our own host booted,
 * and nothing shows how long the engine was at work meanwhile.
 */
export type GapCause = "first-run" | "overflow" | "restart" | "clock" | "host" | "unknown";

/** A stretch of time whose events are not all known; epoch milliseconds. */
export interface Gap {
  /** Null on the first run: nothing before was ever observed. */
  readonly from: number | null;
  readonly to: number;
  readonly cause: GapCause;
}

/** What one run saw of the engine's past. */
export interface Observation {
  /** The covered stretch, epoch milliseconds: all its events are known. */
  readonly from: number;
  readonly to: number;
  /** Events replayed in this run. */
  readonly events: number;
  /** Null when nothing was missed since the last checkpoint. */
  readonly gap: Gap | null;
  /** The observed clock after this run, in milliseconds. */
  readonly observedMs: number;
}

/** With the clock that the grace time goes by. */
export interface MeasuredObservation extends Observation {
  /**
   * The clock of time awake after this run, in milliseconds: the engine's time of the first observation, and from there on
   * all that passed but sleep and steps, also in gaps.
   */
  readonly awakeMs: number;
}

/** Two observations, one right behind the other, as one. */
export function joinObservations<Second extends Observation>(first: Observation, second: Second): Second {
  return {
    ...second,
    from: first.from,
    events: first.events + second.events,
    gap: joinGaps(first.gap, second.gap),
  };
}

/** The short stretch between two gaps counts as missed: what is said to be covered is so for certain. */
function joinGaps(first: Gap | null, second: Gap | null): Gap | null {
  if (first === null || second === null) return first ?? second;
  return { ...first, to: second.to };
}

/** The latest moment of which not all events are known; null where all are. Epoch milliseconds. */
export function missedUntil({ from, to, gap }: Observation): number | null {
  if (gap === null) return null;
  return missesEvents({ gap, to }) ? gap.to : from;
}

/** Whether there are events that nobody could read, or time that does not count alone. */
export function missesEvents({ gap, to }: Pick<Observation, "gap" | "to">): boolean {
  if (gap === null) return false;
  // A clock that was ahead hides no event as long as the anchor is found, and one that was set back the latest ones.
  const isOfClocks = gap.cause === "clock" || gap.cause === "host";
  return !isOfClocks || gap.to >= to;
}
