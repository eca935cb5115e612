import type { EngineRecord, ImageRecord } from "./checkpoint.js";
import { observedMsAt } from "./continuity.js";
import { binStart } from "./idle-bins.js";
import { isUntagged } from "./image-facts.js";
import type { ImageId } from "./image.js";
import { namesOf } from "./name-index.js";
import type { Observed } from "./next-record.js";
import { groupOf, type ReturnGroup } from "./return-group.js";
import type { EndedIdleTime } from "./return-history.js";
import type { RemoveReason } from "./verdict.js";

/** An idle time of one image that ended in a use. */
export interface EndedImageIdle extends EndedIdleTime {
  readonly image: ImageId;
}

/** An image that a run removed, as long as the history goes back. Times are epoch milliseconds. */
export interface RemovedImage {
  readonly id: ImageId;
  readonly names: readonly string[];
  readonly group: ReturnGroup;
  readonly lastUsedAt: number;
  /** The observed clock, in milliseconds. */
  readonly observedMsAtLastUse: number;
  readonly removedAt: number;
  /** Bytes that its removal freed. */
  readonly bytes: number;
  readonly reason: RemoveReason;
}

/** A removed image that is there again. */
export interface ReturnedImage {
  readonly removed: RemovedImage;
  /** When it was first seen again; epoch milliseconds. */
  readonly at: number;
}

/** What happened since a record was read. The ledger adds it to what it has, and a later record goes on from there. */
export interface ReturnNews {
  readonly ended: readonly EndedImageIdle[];
  readonly removed: readonly RemovedImage[];
  readonly returned: readonly ReturnedImage[];
}

export const noReturnNews: ReturnNews = { ended: [], removed: [], returned: [] };

/** Nothing is removed in the default grace time, so shorter idle times tell nothing. */
const shortestMs = binStart(0);

/** An idle time of which more than this share was not observed is not known well enough. */
const unobservedShare = 0.1;

/**
 * The news with the idle times that ended in this observation.
 *
 * @param images what the record after it says
 * @param removed images that were removed before, of those that are new now
 */
export function nextReturnNews(
  record: EngineRecord,
  observed: Observed,
  images: ReadonlyMap<ImageId, ImageRecord>,
  removed: ReadonlyMap<ImageId, RemovedImage>,
): ReturnNews {
  const { listing, replay, holders, observation } = observed;
  const clockBefore = record.checkpoint?.observedMs ?? 0;
  const ended: EndedImageIdle[] = [];
  for (const id of new Set([...replay.uses.keys(), ...holders.keys()])) {
    const [image, known, previous] = [listing.images.get(id), images.get(id), record.images.get(id)];
    if (image === undefined || known === undefined || previous === undefined) continue;
    const at = Math.min(replay.firstUses.get(id) ?? observation.to, observation.to);
    const idleMs = knownIdleMs(previous, at, observedMsAt(observation, clockBefore, at));
    if (idleMs === null) continue;
    const named = { ...image, lastTags: namesOf(known.lastTags) };
    const group = groupOf({ image: named, isUntagged: isUntagged(image, known) });
    ended.push({ image: id, idleMs, group });
  }
  const returned: ReturnedImage[] = [];
  for (const [id, before] of removed) {
    const known = images.get(id);
    if (known === undefined) continue;
    returned.push({ removed: before, at: known.firstSeenAt });
    const idleMs = knownIdleMs(before, known.lastUsedAt, known.observedMsAtLastUse);
    if (idleMs !== null) ended.push({ image: id, idleMs, group: before.group });
  }
  const { news } = record;
  if (ended.length === 0 && returned.length === 0) return news;
  return { ...news, ended: [...news.ended, ...ended], returned: [...news.returned, ...returned] };
}

/** Null where it was short, or where too much of it was not observed. */
function knownIdleMs(
  before: Pick<ImageRecord, "lastUsedAt" | "observedMsAtLastUse">,
  at: number,
  observedMs: number,
): number | null {
  const idleMs = observedMs - before.observedMsAtLastUse;
  const unobservedMs = at - before.lastUsedAt - idleMs;
  return idleMs >= shortestMs && unobservedMs <= unobservedShare * idleMs ? idleMs : null;
}
