import type { EngineRecord, ImageRecord } from "./checkpoint.js";
import { awakeMsAt, observedMsAt } from "./continuity.js";
import type { Image, ImageId } from "../image/image.js";
import type { Findings } from "./findings.js";

/** A last use that another tool had written down. Times are epoch milliseconds. */
export interface RecordedUse {
  readonly at: number;
  /** The latest use of any image that it had written down: then it was still there. */
  readonly until: number;
}

/** Null for an image that the tool had seen, but not seen used. */
export type RecordedUses = ReadonlyMap<ImageId, RecordedUse | null>;

/** What several tools had written down, as one: of each image the latest use. */
export function latestOf(all: readonly RecordedUses[]): RecordedUses {
  const latest = new Map<ImageId, RecordedUse | null>();
  for (const [id, use] of all.flatMap((uses) => [...uses])) {
    const known = latest.get(id) ?? null;
    latest.set(id, known === null || (use !== null && use.at > known.at) ? use : known);
  }
  return latest;
}

/**
 * What becomes of a recorded use: `taken` for an image that was never seen before, `later` than what the ledger had,
 * `known` where a use is known that is as late, `no-use` for a time that is none.
 */
export type RecordedOutcome = "taken" | "later" | "known" | "no-use";

export interface TakenOver {
  readonly record: EngineRecord;
  /** Of the images that the engine has. */
  readonly outcomes: ReadonlyMap<ImageId, RecordedOutcome>;
  /** How many images the engine does not have. */
  readonly absent: number;
}

/** The first release of Docker: no image was used before. */
const firstRelease = Date.UTC(2013, 2, 20);

/**
 * Puts recorded uses into a record that already holds an observation. A use moves the last use of a known image forward,
 * never back. An image that this very observation, the first of all, has brought, and that nothing tells a use of, gets
 * the recorded one in place of "not used since the first sight".
 *
 * Its idle time then begins before the ledger: what lies between its use and `until` was observed by the other tool, which
 * was there at both ends, and counts; what lies between `until` and the beginning of this observation was observed by
 * nobody, and does not.
 */
export function takeOver(
  before: EngineRecord,
  record: EngineRecord,
  observed: Findings,
  recorded: RecordedUses,
): TakenOver {
  // The grace time of what came with the import begins with it: that is the time to look at what was taken over.
  const images = new Map(
    [...record.images].map(([id, known]) => {
      const isNew = !before.images.has(id);
      return [id, isNew ? { ...known, awakeMsAtFirstSight: observed.observation.awakeMs } : known];
    }),
  );
  const outcomes = new Map<ImageId, RecordedOutcome>();
  for (const [id, use] of recorded) {
    const [image, known] = [observed.listing.images.get(id), images.get(id)];
    if (image === undefined || known === undefined) continue;
    const merged = merge(image, known, use, { before, record, observed });
    outcomes.set(id, merged.outcome);
    images.set(id, merged.known);
  }
  return { record: { ...record, images }, outcomes, absent: recorded.size - outcomes.size };
}

interface Scene {
  readonly before: EngineRecord;
  readonly record: EngineRecord;
  readonly observed: Findings;
}

function merge(
  image: Image,
  known: ImageRecord,
  recorded: RecordedUse | null,
  { before, record, observed: { observation } }: Scene,
): { readonly known: ImageRecord; readonly outcome: RecordedOutcome } {
  if (recorded === null || recorded.at < firstRelease) return { known, outcome: "no-use" };
  // A time in the future, as another clock makes it, is now.
  const at = Math.min(recorded.at, observation.to);
  const clockBefore = before.checkpoint?.observedMs ?? 0;
  const use = { lastUsedAt: at, lastUseKind: "recorded", lastUseBy: null } as const;
  const awakeMs = awakeMsAt(observation, before.checkpoint, at);
  if (at > known.lastUsedAt) {
    const observedMs = observedMsAt(observation, clockBefore, at);
    const observedMsAtLastUse = Math.max(known.observedMsAtLastUse, observedMs);
    const awakeMsAtLastUse = Math.max(known.awakeMsAtLastUse, awakeMs);
    return { known: { ...known, ...use, observedMsAtLastUse, awakeMsAtLastUse }, outcome: "later" };
  }
  const isNew = before.checkpoint === null && !before.images.has(image.id);
  // Built or tagged after its last use: the other tool has missed something.
  const madeAt = Math.max(image.createdAt ?? 0, record.layers.images.get(image.id)?.taggedAt ?? 0);
  if (!isNew || known.lastUseKind !== "first-seen" || madeAt > at) return { known, outcome: "known" };
  const until = Math.max(at, Math.min(recorded.until, observation.to));
  const observedMsAtLastUse = observedMsAt(observation, clockBefore, until) - (until - at);
  return { known: { ...known, ...use, observedMsAtLastUse, awakeMsAtLastUse: awakeMs }, outcome: "taken" };
}
