import type { EngineRecord, ImageRecord } from "./checkpoint.js";
import { observedMsAt } from "./continuity.js";
import { binStart } from "../returns/idle-bins.js";
import { isUntagged } from "./untagged.js";
import type { ImageId } from "../image/image.js";
import { namesOf } from "../image/name-index.js";
import type { Findings } from "./findings.js";
import { groupOf } from "../returns/return-group.js";
import type { EndedImageIdle, RemovedImage, ReturnedImage, ReturnNews } from "../returns/return-news.js";
import { tagsLostSince, usesSince } from "./use-log-news.js";

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
  observed: Findings,
  images: ReadonlyMap<ImageId, ImageRecord>,
  removed: ReadonlyMap<ImageId, RemovedImage>,
): ReturnNews {
  const { listing, replay, holders, observation } = observed;
  const clockBefore = record.checkpoint?.observedMs ?? 0;
  const ended: EndedImageIdle[] = [];
  // Not in the order in which the engine lists its images, which is random.
  for (const id of new Set([...replay.uses.keys(), ...holders.keys()].toSorted())) {
    const [image, known, previous] = [listing.images.get(id), images.get(id), record.images.get(id)];
    if (image === undefined || known === undefined || previous === undefined) continue;
    // It was in use at the checkpoint: what has gone on since, or ended, is no use that began.
    if (previous.lastUseKind === "in-use") continue;
    const at = Math.min(replay.firstUses.get(id) ?? observation.to, observation.to);
    const idleMs = knownIdleMs(previous, at, observedMsAt(observation, clockBefore, at));
    if (idleMs === null) continue;
    const named = { ...image, lastTags: namesOf(known.lastTags) };
    const group = groupOf({ image: named, isUntagged: isUntagged(image, known) });
    ended.push({ image: id, idleMs, group });
  }
  const returned: ReturnedImage[] = [];
  for (const id of [...removed.keys()].toSorted()) {
    const [before, known] = [removed.get(id), images.get(id)];
    if (before === undefined || known === undefined) continue;
    returned.push({ removed: before, at: known.firstSeenAt });
    const idleMs = knownIdleMs(before, known.lastUsedAt, known.observedMsAtLastUse);
    if (idleMs !== null) ended.push({ image: id, idleMs, group: before.group });
  }
  const { news } = record;
  const used = usesSince(record, observed, images);
  const tagsLost = tagsLostSince(record, observed, images);
  if (ended.length + returned.length + used.length + tagsLost.length === 0) return news;
  return {
    ...news,
    ended: [...news.ended, ...ended],
    returned: [...news.returned, ...returned],
    used: [...news.used, ...used],
    tagsLost: [...news.tagsLost, ...tagsLost],
  };
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
