import type { Checkpoint } from "./checkpoint.js";
import type { ContinuityEvidence } from "./continuity-evidence.js";

/** How much time has certainly passed since a checkpoint, with its host awake. */
export interface ProvenTime {
  /** Milliseconds; never more than what has passed. */
  readonly ms: number;
  /** Why the engine's clock may have gone on further. */
  readonly otherwise: "clock" | "host";
}

/** A wall clock and a steady one may drift apart by this much before it is called a step. */
export function stepAllowanceMs(passedMs: number): number {
  // NTP slews a clock by 500 ppm at most.
  return 2_000 + passedMs * 0.001;
}

/**
 * Our steady clock tells how long our own host was awake. Across a boot of ours, an anchor that is found proves that the
 * engine is on another host, as its buffer would not have survived, and what it has stamped since shows how long it went on.
 */
export function provenSince(evidence: ContinuityEvidence, checkpoint: Checkpoint): ProvenTime {
  const { window, now, steady, bufferLimit } = evidence;
  const sinceCheckpoint = steady.elapsedMs - checkpoint.steady.elapsedMs;
  if (!hasBooted(evidence, checkpoint)) {
    return { ms: Math.max(0, sinceCheckpoint), otherwise: "clock" };
  }
  // An ID that changed for another reason must not make more time count than one that stayed.
  const sinceBoot = sinceCheckpoint < 0 ? steady.elapsedMs : sinceCheckpoint;
  const isAnotherHost = window.anchorFound && bufferLimit !== null;
  const shown = isAnotherHost ? shownUntilNow(evidence, checkpoint.at, window.latestAtBehindAnchor) : 0;
  return { ms: Math.max(shown, Math.min(sinceBoot, Math.max(0, now - checkpoint.at))), otherwise: "host" };
}

/** From a moment to the last stamp of the engine, and from there on no more than our host is up; milliseconds. */
function shownUntilNow({ now, steady }: ContinuityEvidence, from: number, latestAt: number | null): number {
  if (latestAt === null || latestAt < from || latestAt > now) return 0;
  return latestAt - from + Math.min(now - latestAt, steady.elapsedMs);
}

/** A boot that is longer ago than the checkpoint is none: the ID has changed for another reason. */
export function hasBooted({ now, steady }: ContinuityEvidence, checkpoint: Checkpoint): boolean {
  if (steady.bootId === checkpoint.steady.bootId) return false;
  if (steady.elapsedMs < checkpoint.steady.elapsedMs) return true;
  const passedMs = now - checkpoint.at;
  return steady.elapsedMs <= passedMs + stepAllowanceMs(passedMs);
}
