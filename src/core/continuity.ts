import type { Checkpoint, SteadyClock } from "./checkpoint.js";
import type { EventWindow } from "./event-window.js";
import type { GapCause, Observation } from "./observation.js";

/** What can be said of the time since the last checkpoint once the buffer has been read. */
export interface ContinuityEvidence {
  readonly checkpoint: Checkpoint | null;
  readonly window: EventWindow;
  /** Engine time of this observation, epoch milliseconds. */
  readonly now: number;
  readonly steady: SteadyClock;
  /** How many events the engine's buffer holds; null where it is a log without such a limit (Podman). */
  readonly bufferLimit: number | null;
}

/** Wall and steady clock may drift apart by this much before it is called a step. */
const driftAllowanceMs = 2_000;
const driftAllowanceShare = 0.01;

/**
 * Which stretch of time is covered without a gap, and why not more. The observed clock advances by the covered
 * stretch only, and never by more than a clock that stands still while the host sleeps: a step of the engine's
 * time, or a night asleep, is not time in which images could have been used.
 */
export function judgeContinuity(evidence: ContinuityEvidence): Observation {
  const { checkpoint, window, now } = evidence;
  const cause = gapCause(evidence);
  const from =
    cause === null && checkpoint !== null ? Math.min(checkpoint.at, now) : coveredFrom(evidence, cause);
  const stretchMs = now - from;
  const advanceMs = Math.min(stretchMs, steadyBound(evidence));
  const stepped = isStep(stretchMs, advanceMs);
  return {
    from,
    to: now,
    events: window.events,
    gap: describeGap(checkpoint, from, advanceMs, now, cause ?? (stepped ? "clock" : null)),
    observedMs: (checkpoint?.observedMs ?? 0) + advanceMs,
  };
}

/** Whether one clock went further than the other by more than clocks drift apart. */
export function isStep(furtherMs: number, otherMs: number): boolean {
  return furtherMs - otherMs > driftAllowanceMs + furtherMs * driftAllowanceShare;
}

function describeGap(
  checkpoint: Checkpoint | null,
  from: number,
  advanceMs: number,
  now: number,
  cause: GapCause | null,
): Observation["gap"] {
  if (cause === null) return null;
  if (checkpoint === null) return { from: null, to: from, cause };
  // A stepped clock leaves no moment that could be named: the stretch that does not count is put first.
  const to = cause === "clock" ? now - advanceMs : from;
  return { from: Math.min(checkpoint.at, to), to, cause };
}

/** Null when everything since the checkpoint is proved to be known. */
function gapCause({ checkpoint, window, now, bufferLimit }: ContinuityEvidence): GapCause | null {
  if (checkpoint === null) return "first-run";
  if (window.anchorFound) return now < checkpoint.at ? "clock" : null;
  // An empty buffer leaves nothing to recognise: a restart in between would go unnoticed.
  if (checkpoint.anchor === null) return "unknown";
  if (now < checkpoint.at) return "clock";
  if (bufferLimit === null) return "unknown";
  return window.buffered >= bufferLimit ? "overflow" : "restart";
}

/** With the anchor gone, the buffer is still complete from its first event on. */
function coveredFrom({ checkpoint, window, now }: ContinuityEvidence, cause: GapCause | null): number {
  const { oldestAt } = window;
  if (cause === "clock" || oldestAt === null || oldestAt > now) return now;
  // The anchor would have to be behind an event that is older than it: the times contradict each other.
  if (checkpoint !== null && oldestAt < checkpoint.at) return now;
  return oldestAt;
}

function steadyBound({ checkpoint, steady }: ContinuityEvidence): number {
  if (checkpoint?.steady.bootId !== steady.bootId) return steady.elapsedMs;
  return Math.max(0, steady.elapsedMs - checkpoint.steady.elapsedMs);
}

/**
 * The observed clock at a moment inside (or before) the stretch of an observation, counted from its end and from its
 * beginning. The two differ where not all of the stretch counts; the later one is taken, which keeps images.
 */
export function observedMsAt(observation: Observation, previousObservedMs: number, at: number): number {
  const { from, to, observedMs } = observation;
  const fromTheEnd = observedMs - Math.max(0, to - at);
  const fromTheBeginning = Math.min(observedMs, previousObservedMs + (at - from));
  return Math.max(previousObservedMs, fromTheEnd, fromTheBeginning);
}
