import type { ImageId } from "../image/image.js";
import type { Obstacle, Outcome } from "../policy/removal.js";

/** What is remembered of an image that could not be removed: the attempt failed, was refused, or had to be left. */
export interface FailedRemoval {
  /** That no registry was known to have it; left out where the engine stood against it. */
  readonly cause?: "registry";
  /** One after the other. */
  readonly failures: number;
  /** Engine time, epoch milliseconds. */
  readonly lastFailedAt: number;
  /** What was said of it then, one sentence; null where that is not known. */
  readonly detail: string | null;
}

export type FailedRemovals = ReadonlyMap<ImageId, FailedRemoval>;

const hourMs = 3_600_000;

/** How long an image is left alone after its first failure, its second, and so on; the last one also for all further. */
const waitsMs = [0, hourMs, 4 * hourMs, 24 * hourMs] as const;

/** How long the answer of a registry is remembered. */
const registryMs = 24 * hourMs;

/**
 * When the removal is tried again, as long as that lies ahead; null when it may be tried now. A failure in the future,
 * which a clock that was set back leaves behind, is none to wait for.
 */
export function retryAt(failed: Omit<FailedRemoval, "detail"> | undefined, now: number): number | null {
  if (failed === undefined || failed.lastFailedAt > now) return null;
  const waitMs = failed.cause === "registry" ? registryMs : (waitsMs[failed.failures - 1] ?? 24 * hourMs);
  const at = failed.lastFailedAt + waitMs;
  return at > now ? at : null;
}

/** What came of the removal of one image; `at` is engine time, epoch milliseconds. */
export interface RemovalOutcome {
  readonly imageId: ImageId;
  readonly outcome: Outcome;
  readonly obstacle: Obstacle | null;
  readonly detail: string | null;
  readonly at: number;
}

/** With the removals of a run. What came in between by chance did not fail, and says nothing of an earlier failure. */
export function afterRemovals(before: FailedRemovals, removals: readonly RemovalOutcome[]): FailedRemovals {
  const after = new Map(before);
  for (const { imageId: id, outcome, obstacle, detail, at } of removals) {
    if (outcome === "removed" || outcome === "gone") after.delete(id);
    if (obstacle !== "image" && obstacle !== "registry") continue;
    const cause = obstacle === "registry" ? { cause: obstacle } : {};
    const known = before.get(id);
    const failures = (known?.cause === cause.cause ? (known?.failures ?? 0) : 0) + 1;
    after.set(id, { ...cause, failures, lastFailedAt: at, detail });
  }
  return after;
}
