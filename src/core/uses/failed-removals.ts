import type { ImageId } from "../image/image.js";
import type { Obstacle, Outcome } from "../policy/removal.js";

/** What is remembered of an image that could not be removed: the attempt failed, was refused, or had to be left. */
export interface FailedRemoval {
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

/**
 * When the removal is tried again, as long as that lies ahead; null when it may be tried now. A failure in the future,
 * which a clock that was set back leaves behind, is none to wait for.
 */
export function retryAt(
  failed: Pick<FailedRemoval, "failures" | "lastFailedAt"> | undefined,
  now: number,
): number | null {
  if (failed === undefined || failed.lastFailedAt > now) return null;
  const at = failed.lastFailedAt + (waitsMs[failed.failures - 1] ?? 24 * hourMs);
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
    if (obstacle === "image") {
      after.set(id, { failures: (before.get(id)?.failures ?? 0) + 1, lastFailedAt: at, detail });
    }
  }
  return after;
}
