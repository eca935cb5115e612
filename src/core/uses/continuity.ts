import type { Checkpoint, SteadyClock } from "./checkpoint.js";
import type { ContinuityEvidence } from "./continuity-evidence.js";
import type { EventWindow } from "./event-window.js";
import type { Gap, GapCause, MeasuredObservation, Observation } from "./observation.js";
import { hasBooted, provenSince, stepAllowanceMs, type ProvenTime } from "./proven-time.js";

/**
 * Which stretch of time is covered without a gap, and why not more. The observed clock advances by the covered
 * stretch only, and never by more than has certainly passed: a step of the engine's time, or a night asleep, is not time
 * in which images could have been used. The clock of time awake does not stand still in gaps, and is the same otherwise.
 */
export function judgeContinuity(read: ContinuityEvidence): MeasuredObservation {
  const { checkpoint, window } = read;
  if (checkpoint === null) return firstObservation(read);
  const evidence = withoutLag(read, checkpoint);
  const { now } = evidence;
  const proven = provenSince(evidence, checkpoint);
  const hiddenMs = hiddenUpTo(evidence, checkpoint, proven);
  const cause = gapCause(evidence, checkpoint);
  const from = cause === null ? checkpoint.at : hiddenMs > 0 ? now : coveredFrom(evidence, checkpoint, cause);
  const advanceMs = Math.max(0, Math.min(now - from, countedMs(evidence, checkpoint, proven, from)));
  return {
    from,
    to: now,
    events: window.events,
    gap:
      cause === null
        ? gapOfClocks(now, checkpoint, proven, advanceMs, hiddenMs)
        : { from: Math.min(checkpoint.at, from - hiddenMs), to: from, cause },
    observedMs: checkpoint.observedMs + advanceMs,
    awakeMs: checkpoint.awakeMs + Math.max(advanceMs, proven.ms),
  };
}

/**
 * When a reading of events ends that began then (both in epoch milliseconds): an event may tell that the clock is further than it
 * seemed. One from the future tells nothing.
 */
export function endOfReading({ latestAt }: EventWindow, startedAt: number, nowAtMost: number): number {
  return latestAt !== null && latestAt <= nowAtMost ? Math.max(startedAt, latestAt) : startedAt;
}

/** Two readings of one clock differ by what their answers took: a little behind the checkpoint is no step back. */
function withoutLag(evidence: ContinuityEvidence, { at }: Checkpoint): ContinuityEvidence {
  const { now, nowAtMost = now } = evidence;
  if (now >= at || at - now > stepAllowanceMs(0)) return evidence;
  return { ...evidence, now: at, nowAtMost: Math.max(at, nowAtMost) };
}

/** The clock of time awake begins as the time of day. */
function firstObservation(evidence: ContinuityEvidence): MeasuredObservation {
  const { window, now, steady } = evidence;
  const { oldestAt } = window;
  const from = oldestAt === null || oldestAt > now ? now : oldestAt;
  const observedMs = unmeasured(steady, now - from);
  const gap: Gap = { from: null, to: from, cause: "first-run" };
  return { from, to: now, events: window.events, gap, observedMs, awakeMs: now };
}

/**
 * A buffer tells what happened in a stretch, and only a clock that was read at its beginning how long that was: the host may
 * have slept for a week of it, and a virtual machine that was suspended does not even know. So where the first reading of a
 * boot is at the end of a stretch, no more than this counts, which makes nothing old.
 */
const mostUnmeasuredMs = 3_600_000;

function unmeasured({ elapsedMs }: SteadyClock, stretchMs: number): number {
  return Math.max(0, Math.min(elapsedMs, stretchMs, mostUnmeasuredMs));
}

/** Milliseconds of the covered stretch that certainly passed. What did not may all belong to it. */
function countedMs(
  evidence: ContinuityEvidence,
  checkpoint: Checkpoint,
  proven: ProvenTime,
  from: number,
): number {
  const { now, steady } = evidence;
  const unprovenMs = Math.max(0, now - checkpoint.at - proven.ms);
  const certainMs = now - from - unprovenMs;
  if (from === checkpoint.at || !hasBooted(evidence, checkpoint)) return certainMs;
  return Math.max(certainMs, unmeasured(steady, now - from));
}

/**
 * Docker shows events up to a time. Where its clock was set back, those that were stamped later stay hidden until it has
 * passed them again: they belong to the last stretch before now, as long as the step, and no longer than what has passed.
 */
function hiddenUpTo(
  { now, nowAtMost = now }: ContinuityEvidence,
  { at }: Checkpoint,
  { ms }: ProvenTime,
): number {
  const stepMs = ms - (nowAtMost - at);
  return stepMs > stepAllowanceMs(ms) ? Math.min(stepMs, ms) : 0;
}

/** With all events at hand, only clocks may disagree. */
function gapOfClocks(
  now: number,
  { at }: Checkpoint,
  { ms, otherwise }: ProvenTime,
  advanceMs: number,
  hiddenMs: number,
): Gap | null {
  if (hiddenMs > 0) return { from: now - hiddenMs, to: now, cause: "clock" };
  const stretchMs = now - at;
  if (stretchMs - ms <= stepAllowanceMs(stretchMs)) return null;
  // No moment could be named: the stretch that does not count is put first.
  return { from: at, to: now - advanceMs, cause: otherwise };
}

/** Null when everything since the checkpoint is proved to be known. */
function gapCause({ window, now, bufferLimit }: ContinuityEvidence, checkpoint: Checkpoint): GapCause | null {
  if (window.anchorFound) return now < checkpoint.at ? "clock" : null;
  // An empty buffer leaves nothing to recognise: a restart in between would go unnoticed.
  if (checkpoint.anchor === null) return "unknown";
  if (now < checkpoint.at) return "clock";
  if (bufferLimit === null) return "unknown";
  return window.buffered >= bufferLimit ? "overflow" : "restart";
}

/** With the anchor gone, the buffer is still complete from its first event on. */
function coveredFrom({ window, now }: ContinuityEvidence, { at }: Checkpoint, cause: GapCause): number {
  const { oldestAt } = window;
  if (cause === "clock" || oldestAt === null || oldestAt > now) return now;
  // The anchor would have to be behind an event that is older than it: the times contradict each other.
  return oldestAt < at ? now : oldestAt;
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

/** The clock of time awake at a moment, likewise. Before the first checkpoint it is the time of day. */
export function awakeMsAt(
  { to, awakeMs }: MeasuredObservation,
  before: Checkpoint | null,
  at: number,
): number {
  const fromTheEnd = awakeMs - Math.max(0, to - at);
  if (before === null) return fromTheEnd;
  return Math.max(before.awakeMs, fromTheEnd, Math.min(awakeMs, before.awakeMs + (at - before.at)));
}
