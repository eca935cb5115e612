/** Why events are missing. `clock`: the engine's time stepped, so the stretch cannot be measured. */
export type GapCause = "first-run" | "overflow" | "restart" | "clock" | "unknown";

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

/** Two observations, one right behind the other, as one. */
export function joinObservations(first: Observation, second: Observation): Observation {
  return {
    from: first.from,
    to: second.to,
    events: first.events + second.events,
    gap: joinGaps(first.gap, second.gap),
    observedMs: second.observedMs,
  };
}

/** The short stretch between two gaps counts as missed: what is said to be covered is so for certain. */
function joinGaps(first: Gap | null, second: Gap | null): Gap | null {
  if (first === null || second === null) return first ?? second;
  return { ...first, to: second.to };
}

/** The latest moment of which not all events are known; null where all are. Epoch milliseconds. */
export function missedUntil({ from, gap }: Observation): number | null {
  if (gap === null) return null;
  // A clock that stepped hides no event as long as the anchor is found, and where it is gone, nothing is covered.
  return gap.cause === "clock" ? from : gap.to;
}
