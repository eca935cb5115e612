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
    gap: first.gap ?? second.gap,
    observedMs: second.observedMs,
  };
}
