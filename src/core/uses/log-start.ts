import type { Checkpoint, SteadyClock } from "./checkpoint.js";

const nanosPerMilli = 1_000_000n;

/** An event is stamped before it is written, so the log is in the order of its times but for a moment. */
const overlapMs = 60_000;

/**
 * From which time on a log has to be read so that it has all that came behind the last observation, nanoseconds since
 * 1970; null where only the whole log is sure to have it. A log is cut by time, and only its anchor's place in it proves
 * that nothing is missing: where the clock was set, what came behind the anchor may have an earlier time.
 */
export function logStart(checkpoint: Checkpoint | null, now: number, steady: SteadyClock): bigint | null {
  const anchor = checkpoint?.anchor ?? null;
  if (checkpoint === null || anchor === null || checkpoint.steady.bootId !== steady.bootId) return null;
  const wallMs = now - checkpoint.at;
  const steadyMs = steady.elapsedMs - checkpoint.steady.elapsedMs;
  if (isStep(wallMs, steadyMs) || isStep(steadyMs, wallMs)) return null;
  const behindMs = Math.max(0, steadyMs - wallMs);
  const from = anchor.timeNano - BigInt(overlapMs + Math.ceil(behindMs)) * nanosPerMilli;
  return from > 0n ? from : null;
}

/** Whether one clock went further than the other by more than can be made up for by reading from earlier on. */
function isStep(furtherMs: number, otherMs: number): boolean {
  return furtherMs - otherMs > 2_000 + furtherMs * 0.01;
}
