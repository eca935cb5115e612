import type { EngineRecord, ImageRecord } from "./checkpoint.js";
import { shortId, type ImageId } from "../image/image.js";
import type { Listing } from "../image/listing.js";
import { missedUntil, missesEvents, type Observation } from "./observation.js";
import type { ReplayResult } from "./replay.js";
import { laterUse, type Use } from "./use.js";

/**
 * Images whose holder at the checkpoint is gone, where no event said when it went: it held them for as long as is not
 * excluded. A container that is gone after a gap, and whose end is in no event, ended inside the gap at the latest. Where
 * no event is missing, its end is one that Docker does not show as long as it lies in the future of a clock that was set
 * back. The end of a service has no event on workers and none that names an image on managers, so it may have been just now.
 */
export function unseenEnds(
  record: EngineRecord,
  {
    listing,
    observation,
    replay,
  }: {
    readonly listing: Listing;
    readonly observation: Observation;
    readonly replay: Pick<ReplayResult, "ended">;
  },
): ReadonlyMap<ImageId, Use> {
  const ends = new Map<ImageId, Use>();
  const end = (image: ImageId, at: number, by: string | null) => {
    const use: Use = { at, kind: "released", by };
    ends.set(image, laterUse(ends.get(image) ?? use, use));
  };
  const endedAt = missesEvents(observation) ? (missedUntil(observation) ?? observation.to) : observation.to;
  for (const [container, { images, mounts }] of record.containers) {
    if (listing.containers.has(container) || replay.ended.has(container)) continue;
    for (const image of [...images, ...[...mounts.values()].flat()])
      end(image, endedAt, `container:${shortId(container)}`);
  }
  for (const [id, image] of record.images)
    if (isHeldByService(image, record)) end(id, observation.to, image.lastUseBy);
  return ends;
}

/** When the record was written. */
function isHeldByService(
  { lastUseKind, lastUsedAt, lastUseBy }: ImageRecord,
  { checkpoint }: EngineRecord,
): boolean {
  if (checkpoint === null || lastUseKind !== "in-use" || lastUsedAt < checkpoint.at) return false;
  return lastUseBy?.startsWith("service:") ?? false;
}
