import type { EngineHistory, RemovalEntry, RunEntry } from "./history.js";
import type { Image } from "../image/image.js";
import type { ImagePattern } from "../policy/image-pattern.js";

export interface PastFilter {
  /** Epoch milliseconds: runs that started at or after the one and before the other; null for no bound. */
  readonly since: number | null;
  readonly until: number | null;
  /** Removals of images that one of these matches, and the runs that have some; null for all. */
  readonly patterns: readonly ImagePattern[] | null;
}

export interface PastTotals {
  readonly runs: number;
  /** Runs that have not ended: killed, or under way. */
  readonly unfinished: number;
  /** Runs that ended with an exit code other than 0. */
  readonly unsuccessful: number;
  readonly removed: number;
  readonly failed: number;
  readonly freedBytes: number;
}

/** One engine's past, filtered, newest first. */
export interface Past {
  /** What the ledger tells engines apart by. */
  readonly engine: string;
  readonly runs: readonly RunEntry[];
  readonly totals: PastTotals;
  /** All that are recorded, whatever was asked for. */
  readonly recorded: readonly RunEntry[];
}

export function pastOf({ engine, runs }: EngineHistory, { since, until, patterns }: PastFilter): Past {
  const inTime = runs.filter(
    ({ startedAt }) => (since === null || startedAt >= since) && (until === null || startedAt < until),
  );
  const shown = patterns === null ? inTime : inTime.flatMap((run) => withMatching(run, patterns));
  return { engine: engine.key, runs: shown, totals: totalsOf(shown), recorded: runs };
}

function withMatching(run: RunEntry, patterns: readonly ImagePattern[]): RunEntry[] {
  const removals = run.removals.filter((removal) => {
    const image = imageOf(removal);
    return patterns.some((pattern) => pattern.matches(image));
  });
  return removals.length === 0 ? [] : [{ ...run, removals }];
}

/** As much of an image as the ledger keeps without its listing. */
export function imageOf({ imageId, names }: Pick<RemovalEntry, "imageId" | "names">): Image {
  return {
    id: imageId,
    tags: names.filter((name) => !name.includes("@")),
    digests: names.filter((name) => name.includes("@")),
    parentId: null,
    labels: {},
    sizeBytes: 0,
    createdAt: null,
    manifests: [],
  };
}

function totalsOf(runs: readonly RunEntry[]): PastTotals {
  const removals = runs.flatMap((run) => run.removals);
  const removed = removals.filter(({ outcome }) => outcome === "removed");
  return {
    runs: runs.length,
    unfinished: runs.filter(({ finishedAt }) => finishedAt === null).length,
    unsuccessful: runs.filter(({ exitCode }) => exitCode !== null && exitCode !== 0).length,
    removed: removed.length,
    failed: removals.filter(({ outcome }) => outcome === "failed").length,
    freedBytes: removed.reduce((sum, { freedBytes }) => sum + freedBytes, 0),
  };
}

/** Whether a person who looks back would want to see it: most runs find nothing to do. */
export function isEventful({ finishedAt, exitCode, removals, observation }: RunEntry): boolean {
  return removals.length > 0 || finishedAt === null || exitCode !== 0 || observation.gap !== null;
}
