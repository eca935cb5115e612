import type { Database } from "../sqlite/database.js";
import type { EngineRecord, ImageRecord } from "../../core/uses/checkpoint.js";
import type { Image } from "../../core/image/image.js";
import type { LearnedImage } from "../../core/layers/layer-record.js";
import { forgetIdleTimes } from "./returns.js";
import { difference } from "./difference.js";

/** Brings the images of an engine, with what is known of their layers, from one state to another. Call it inside a transaction. */
export function writeImages(
  database: Database,
  engineId: number,
  before: EngineRecord,
  after: EngineRecord,
): void {
  const [learnedBefore, learnedAfter] = [before.layers.images, after.layers.images];
  const [listedBefore, listedAfter] = [before.listed.images, after.listed.images];
  const { changed, vanished } = difference(before.images, after.images, (first, second, id) => {
    const isSame =
      isInUse(first, before) && isInUse(second, after)
        ? isSameBesidesTime(first, second)
        : isSameImage(first, second) && isInUse(first, before) === isInUse(second, after);
    if (!isSame || !isSameListed(listedBefore.get(id), listedAfter.get(id))) return false;
    // Most runs see no new image.
    return learnedBefore === learnedAfter || isSameLearned(learnedBefore.get(id), learnedAfter.get(id));
  });
  const write = database.prepare(
    `INSERT OR REPLACE INTO image (engine_id, image_id, first_seen_at, last_used_at, last_use_kind,
       observed_ms_at_last_use, last_use_by, in_registry, was_tagged, names, is_in_use, is_learned, top_layer, tagged_at, manifests,
       last_tags, awake_ms_at_last_use, awake_ms_at_first_sight, is_listed, parent_id, labels, size_bytes, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare("DELETE FROM image WHERE engine_id = ? AND image_id = ?");
  for (const [id, image] of changed) {
    const { firstSeenAt, lastUsedAt, lastUseKind, lastUseBy, observedMsAtLastUse, names } = image;
    const flags = [image.inRegistry, image.wasTagged].map(Number);
    const inUse = isInUse(image, after);
    const { awakeMsAtLastUse, awakeMsAtFirstSight } = image;
    const [usedAt, observedMs, awakeMs] = inUse
      ? [0, 0, 0]
      : [lastUsedAt, observedMsAtLastUse, awakeMsAtLastUse];
    const uses = [firstSeenAt, usedAt, lastUseKind, observedMs, lastUseBy];
    const learned = learnedAfter.get(id);
    const layers = learned === undefined ? [0, null, null] : [1, learned.top, learned.taggedAt];
    const told = [image.manifests, image.lastTags, awakeMs, awakeMsAtFirstSight];
    const listed = listedColumns(listedAfter.get(id));
    write.run(engineId, id, ...uses, ...flags, names, Number(inUse), ...layers, ...told, ...listed);
  }
  vanished.forEach((id) => remove.run(engineId, id));
  forgetIdleTimes(database, engineId, vanished, after.news);
}

function listedColumns(image: Image | undefined): (number | string | null)[] {
  if (image === undefined) return [0, null, null, null, null];
  const labels = Object.keys(image.labels).length === 0 ? null : JSON.stringify(image.labels);
  return [1, image.parentId, labels, image.sizeBytes, image.createdAt];
}

/** Besides names and manifests, which the record has as well. */
function isSameListed(first: Image | undefined, second: Image | undefined): boolean {
  if (first === second) return true;
  if (first === undefined || second === undefined) return false;
  return (
    first.parentId === second.parentId &&
    first.sizeBytes === second.sizeBytes &&
    first.createdAt === second.createdAt &&
    haveSameLabels(first.labels, second.labels)
  );
}

function haveSameLabels(first: Image["labels"], second: Image["labels"]): boolean {
  const names = Object.keys(first);
  return names.length === Object.keys(second).length && names.every((name) => first[name] === second[name]);
}

/** Last used at the checkpoint itself: then the checkpoint says when. */
function isInUse(
  { lastUseKind, lastUsedAt, observedMsAtLastUse, awakeMsAtLastUse }: ImageRecord,
  { checkpoint }: EngineRecord,
): boolean {
  return (
    lastUseKind === "in-use" &&
    lastUsedAt === checkpoint?.at &&
    observedMsAtLastUse === checkpoint.observedMs &&
    awakeMsAtLastUse === checkpoint.awakeMs
  );
}

function isSameImage(first: ImageRecord, second: ImageRecord): boolean {
  if (first === second) return true;
  return (
    first.lastUsedAt === second.lastUsedAt &&
    first.observedMsAtLastUse === second.observedMsAtLastUse &&
    first.awakeMsAtLastUse === second.awakeMsAtLastUse &&
    isSameBesidesTime(first, second)
  );
}

function isSameBesidesTime(first: ImageRecord, second: ImageRecord): boolean {
  return (
    first.firstSeenAt === second.firstSeenAt &&
    first.awakeMsAtFirstSight === second.awakeMsAtFirstSight &&
    first.lastUseKind === second.lastUseKind &&
    first.lastUseBy === second.lastUseBy &&
    first.inRegistry === second.inRegistry &&
    first.wasTagged === second.wasTagged &&
    first.names === second.names &&
    first.lastTags === second.lastTags &&
    first.manifests === second.manifests
  );
}

function isSameLearned(first: LearnedImage | undefined, second: LearnedImage | undefined): boolean {
  return first === second || (first?.top === second?.top && first?.taggedAt === second?.taggedAt);
}
