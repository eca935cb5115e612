import type { ReplayResult } from "./replay.js";
import type { EngineRecord, ImageRecord } from "./checkpoint.js";
import type { Findings } from "./findings.js";
import { baseUses, namedBaseUses } from "./base-uses.js";
import { awakeMsAt, observedMsAt } from "./continuity.js";
import type { Image, ImageId } from "../image/image.js";
import { shownTags } from "../image/shown-names.js";
import { nextLayerRecord, type LayerDetails } from "../layers/layer-record.js";
import { nothingListed, type ListedImages, type Listing } from "../image/listing.js";
import { manifestsTextOf, namesIn, namesTextOf, tagsIn, type NamesText } from "../image/name-index.js";
import { missedUntil } from "./observation.js";
import { nextReturnNews } from "./next-return-news.js";
import type { RemovedImage } from "../returns/return-news.js";
import { laterUse, type Use } from "./use.js";
import { inheritedUses, stillReferredTo, vanishedImages } from "./vanished-images.js";
import { unseenEnds } from "./unseen-ends.js";

/**
 * The ledger's record after an observation: images that are gone are dropped, so that one that comes back is
 * new; last uses only move forward; and the checkpoint is never ahead of the uses, as they are one value. `learned` tell
 * of images that are not in the record yet, `removed` of those among them that a run has removed before.
 */
export function nextRecord(
  before: EngineRecord,
  observed: Findings,
  learned: ReadonlyMap<ImageId, LayerDetails> = new Map(),
  removed: ReadonlyMap<ImageId, RemovedImage> = new Map(),
): EngineRecord {
  const { listing, replay, observation, anchor, steady } = observed;
  const record = withoutDeleted(before, replay);
  const images = new Map<ImageId, ImageRecord>();
  const namesText = namesTextOf(replay.names);
  const ends = unseenEnds(record, observed);
  const isSettled = record.listed.base !== null && replay.names.isKnown && replay.names.moved.size === 0;
  for (const image of listing.images.values()) {
    const { id } = image;
    const previous = record.images.get(id);
    // Most are carried forward as they were, and nothing has happened to them.
    if (
      isSettled &&
      previous !== undefined &&
      record.listed.images.get(id) === image &&
      !(observed.holders.has(id) || replay.uses.has(id) || replay.inRegistry.has(id) || ends.has(id))
    ) {
      images.set(id, previous);
      continue;
    }
    const taggedAt = learned.get(id)?.taggedAt ?? null;
    images.set(id, nextImageRecord(image, namesText(image), taggedAt, { record, observed, ends }));
  }
  const layers = nextLayerRecord(record.layers, learned, listing.images);
  const vanished = vanishedImages(before, listing, replay.containers);
  const seen = { uses: replay.uses, names: replay.vanishedNames, vanished, layers };
  for (const [id, use] of inheritedUses(before, listing, seen)) {
    const known = images.get(id);
    const at = Math.min(use.at, observation.to);
    const clocks = use.clocks ?? clocksAt(use, record, observed);
    if (known !== undefined) images.set(id, withUse(known, { ...use, at }, clocks));
  }
  // What is learned again has not come again.
  const newlyLearned = [...learned.keys()].filter((id) => !record.images.has(id));
  const arrivals = arrivalsIn(images, record, [...newlyLearned, ...replay.deleted]);
  const built = [...baseUses(layers, arrivals), ...namedBaseUses(listing.images, learned, arrivals)];
  for (const [base, use] of built) {
    const known = images.get(base);
    if (known !== undefined) images.set(base, withUse(known, use, clocksAt(use, record, observed)));
  }
  return {
    checkpoint: {
      at: observation.to,
      anchor,
      observedMs: observation.observedMs,
      awakeMs: observation.awakeMs,
      steady,
    },
    images,
    listed: listedFrom(listing, replay),
    containers: replay.containers,
    vanished: stillReferredTo(vanished, listing, replay.containers.values()),
    names: namesIn(images),
    layers,
    failedRemovals: new Map([...record.failedRemovals].filter(([id]) => listing.images.has(id))),
    vainRemovals: record.vainRemovals,
    warnedRules: record.warnedRules,
    chosenByNeedAt: record.chosenByNeedAt,
    news: nextReturnNews(record, observed, images, removed),
    isOfOtherStore: false,
    ...(record.origin === undefined ? {} : { origin: record.origin }),
  };
}

/** Where names moved while the images were listed, their names in the record are not those that were listed. */
function listedFrom({ images, base, source }: Listing, { names }: ReplayResult): ListedImages {
  if (source.kind === "full" && source.because === "unannounced") return nothingListed;
  return { images, base: names.isKnown && names.moved.size === 0 ? base : null };
}

/** What the next row of an image is made from. */
interface NextFrom {
  readonly record: EngineRecord;
  readonly observed: Findings;
  /** See unseenEnds. */
  readonly ends: ReadonlyMap<ImageId, Use>;
}

/** One that was deleted and is there again is new, also under the same ID: nothing that was known of it holds. */
function withoutDeleted(record: EngineRecord, { deleted }: ReplayResult): EngineRecord {
  if (deleted.size === 0) return record;
  return {
    ...record,
    images: new Map([...record.images].filter(([id]) => !deleted.has(id))),
    failedRemovals: new Map([...record.failedRemovals].filter(([id]) => !deleted.has(id))),
  };
}

/**
 * When images came: those whose layers have just been learned, and those that were made again. On the first run these
 * are all, and nothing tells when they came.
 */
function arrivalsIn(
  images: ReadonlyMap<ImageId, ImageRecord>,
  { checkpoint }: EngineRecord,
  arrived: readonly ImageId[],
): ReadonlyMap<ImageId, number> {
  const arrivals = new Map<ImageId, number>();
  if (checkpoint === null) return arrivals;
  // Of two that came at one moment, the order in which an engine lists them, which is random, must not decide.
  for (const id of arrived.toSorted()) {
    const known = images.get(id);
    if (known !== undefined) arrivals.set(id, known.lastUsedAt);
  }
  return arrivals;
}

function nextImageRecord(
  image: Image,
  names: NamesText,
  taggedAt: number | null,
  { record, observed, ends }: NextFrom,
): ImageRecord {
  const { id, createdAt } = image;
  const { observation } = observed;
  const previous = record.images.get(id);
  // One that is new was not held before.
  const end = previous === undefined ? undefined : ends.get(id);
  const use = latestUse(id, previous, observed, end);
  const known = {
    inRegistry: previous?.inRegistry === true || observed.replay.inRegistry.has(id),
    wasTagged: previous?.wasTagged === true || shownTags(image).length > 0,
    names,
    lastTags: lastTagsOf(image, previous),
    manifests: manifestsTextOf(image),
  };
  if (previous === undefined) {
    const seen = laterUse(use ?? firstUse(id, observed), creationOf(createdAt, observed));
    const first = laterUse(seen, taggingOf(taggedAt, observed));
    return {
      firstSeenAt: observation.to,
      lastUsedAt: first.at,
      lastUseKind: first.kind,
      lastUseBy: first.by,
      ...clocksAt(first, record, observed),
      awakeMsAtFirstSight: awakeMsAtFirstSight(id, record, observed),
      ...known,
    };
  }
  const isSame =
    known.inRegistry === previous.inRegistry &&
    known.wasTagged === previous.wasTagged &&
    known.names === previous.names &&
    known.lastTags === previous.lastTags &&
    known.manifests === previous.manifests;
  // The same object for most images, of which there may be many.
  const next = isSame ? previous : { ...previous, ...known };
  return use === null ? next : withUse(next, use, clocksAt(use, record, observed));
}

/** What was not known at the checkpoint leaves what was known before. */
function lastTagsOf(image: Image, previous: ImageRecord | undefined): NamesText {
  if (previous === undefined || shownTags(image).length > 0) return "";
  const tags = tagsIn(previous.names);
  return tags === "" ? previous.lastTags : tags;
}

type ClocksAtUse = Pick<ImageRecord, "observedMsAtLastUse" | "awakeMsAtLastUse">;

/** Which use is the later one, the clock of time awake tells: a stamp may be of a clock that was wrong. */
function withUse(known: ImageRecord, use: Use, clocks: ClocksAtUse): ImageRecord {
  const ahead = clocks.awakeMsAtLastUse - known.awakeMsAtLastUse;
  const later = ahead > 0 || (ahead === 0 && use.at > known.lastUsedAt);
  return {
    ...known,
    lastUsedAt: use.kind === "in-use" ? use.at : Math.max(use.at, known.lastUsedAt),
    lastUseKind: later ? use.kind : known.lastUseKind,
    lastUseBy: later ? use.by : known.lastUseBy,
    observedMsAtLastUse: Math.max(known.observedMsAtLastUse, clocks.observedMsAtLastUse),
    awakeMsAtLastUse: Math.max(known.awakeMsAtLastUse, clocks.awakeMsAtLastUse),
  };
}

function clocksAt({ at }: Use, { checkpoint }: EngineRecord, { observation }: Findings): ClocksAtUse {
  return {
    observedMsAtLastUse: observedMsAt(observation, checkpoint?.observedMs ?? 0, at),
    awakeMsAtLastUse: awakeMsAt(observation, checkpoint, at),
  };
}

/** Null when there is no evidence of a use since the checkpoint. Never later than now, whatever an event's stamp says. */
function latestUse(
  id: ImageId,
  previous: ImageRecord | undefined,
  observed: Findings,
  end: Use | undefined,
): Use | null {
  const { replay, observation, holders } = observed;
  const [holder] = holders.get(id) ?? [];
  if (holder !== undefined) return { at: observation.to, kind: "in-use", by: holder };
  const last = replay.uses.get(id) ?? end;
  if (last === undefined) return null;
  const seen = laterUse(last, end ?? last);
  const capped: Use = { ...seen, at: Math.min(seen.at, observation.to) };
  const missed = missedUntil(observation);
  if (previous !== undefined || missed === null) return capped;
  // New, and something was missed: it may have been used until the covered stretch began.
  return laterUse(capped, { at: missed, kind: "first-seen", by: null });
}

/**
 * Of an image that nothing is known of, the earliest moment that is certain to be no earlier than its last use:
 * on the first run the beginning of the covered stretch, later now, and so for one that was made again unseen. Its creation
 * date says nothing of its use.
 */
function firstUse(id: ImageId, observed: Findings): Use {
  return { at: firstSightAt(id, observed), kind: "first-seen", by: null };
}

/**
 * What a first run finds was there when the covered stretch began, or came in it, which is a use that its events report. So its
 * grace time has been running since then: the disk may be full on the day of the first run.
 */
function awakeMsAtFirstSight(id: ImageId, { checkpoint }: EngineRecord, observed: Findings): number {
  return awakeMsAt(observed.observation, checkpoint, firstSightAt(id, observed));
}

function firstSightAt(id: ImageId, { observation, replay }: Findings): number {
  const isFirstRun = observation.gap?.cause === "first-run" && !replay.deleted.has(id);
  return isFirstRun ? observation.from : observation.to;
}

/**
 * A build without a name, or by BuildKit on Docker 20.10, has no event. It cannot have been used before it was created,
 * and where events may mean several images, not all of these were there yet. A creation date never makes an image
 * older, and never younger than now.
 */
function creationOf(createdAt: number | null, { observation }: Findings): Use {
  return { at: Math.min(createdAt ?? -Infinity, observation.to), kind: "first-seen", by: null };
}

/**
 * A name that the engine remembers to have given is a use at that time, of an image at first sight: the event may be
 * long gone. It is never later than now, and as the later use counts, it never makes an image older.
 */
function taggingOf(taggedAt: number | null, { observation }: Findings): Use {
  return { at: Math.min(taggedAt ?? -Infinity, observation.to), kind: "tag", by: null };
}
