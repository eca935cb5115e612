import type { Checkpoint, SteadyClock } from "./checkpoint.js";
import type { EventWindow } from "./event-window.js";

/** What can be said of the time since the last checkpoint once the buffer has been read. */
export interface ContinuityEvidence {
  readonly checkpoint: Checkpoint | null;
  readonly window: EventWindow;
  /** Engine time of this observation, epoch milliseconds: never ahead of the engine's own. */
  readonly now: number;
  /** The same clock, never behind the engine's own. Absent where `now` is exact. */
  readonly nowAtMost?: number;
  readonly steady: SteadyClock;
  /** How many events the engine's buffer holds; null where it is a log without such a limit (Podman). */
  readonly bufferLimit: number | null;
}
