import type { Database } from "../sqlite/database.js";
import type { Checkpoint, EngineRecord, ImageRecord } from "../../core/uses/checkpoint.js";
import type { ImageContent } from "../../core/layers/image-content.js";
import type { Image, ImageId } from "../../core/image/image.js";
import type { LearnedImage, LayerEntry } from "../../core/layers/layer-record.js";
import type { UseKind } from "../../core/uses/use.js";
import { attempt } from "../../core/text/attempt.js";
import { hasFields } from "../../core/text/parsed.js";
import { damagedLedger } from "../file/ledger-failure.js";
import { difference } from "./difference.js";
import { forgetIdleTimes } from "./returns.js";
import { integerOf, linesIn, unknownIn } from "./row-values.js";
import { rowsOf } from "./rows.js";

type ImageRow = readonly [
  imageId: string,
  firstSeenAt: number,
  lastUsedAt: number,
  lastUseKind: string,
  observedMsAtLastUse: number,
  lastUseBy: string | null,
  inRegistry: number,
  wasTagged: number,
  names: string,
  isInUse: number,
  isLearned: number,
  topLayer: number | null,
  taggedAt: number | null,
  manifests: string | null,
  lastTags: string,
  awakeMsAtLastUse: number | null,
  awakeMsAtFirstSight: number | null,
  isListed: number,
  parentId: string | null,
  labels: string | null,
  sizeBytes: number | null,
  createdAt: number | null,
];

/** The order of `ImageRow`, and of what `writeImages` writes. */
const columns =
  "image_id, first_seen_at, last_used_at, last_use_kind, observed_ms_at_last_use, last_use_by, in_registry, " +
  "was_tagged, names, is_in_use, is_learned, top_layer, tagged_at, manifests, last_tags, awake_ms_at_last_use, " +
  "awake_ms_at_first_sight, is_listed, parent_id, labels, size_bytes, created_at";

/** A record, so that a new kind does not compile until it is listed here. */
const useKinds: Readonly<Record<UseKind, true>> = {
  "first-seen": true,
  "container-create": true,
  "container-start": true,
  "container-end": true,
  "in-use": true,
  released: true,
  pull: true,
  load: true,
  import: true,
  build: true,
  base: true,
  tag: true,
  push: true,
  refused: true,
  recorded: true,
};

/** By its word, so that thousands of records share one text. */
const kindsByWord: ReadonlyMap<string, UseKind> = new Map(
  (Object.keys(useKinds) as UseKind[]).map((kind) => [kind, kind]),
);

/** One row of the table says both. */
interface ImageTables {
  readonly images: Map<ImageId, ImageRecord>;
  readonly learned: Map<ImageId, LearnedImage>;
  readonly listed: Map<ImageId, Image>;
}

/** What the rows refer to. */
interface ImageContext {
  readonly checkpoint: Checkpoint | null;
  readonly layers: ReadonlyMap<number, LayerEntry>;
  readonly contents: ReadonlyMap<string, ImageContent>;
  readonly toId: (text: string) => ImageId;
}

/** Throws a Failure of code `ledger`, which names `path`, for what nobody can have written. `toId` throws likewise. */
export function readImages(
  database: Database,
  path: string,
  engineId: bigint,
  { checkpoint, layers, contents, toId }: ImageContext,
): ImageTables {
  const images = new Map<ImageId, ImageRecord>();
  const learned = new Map<ImageId, LearnedImage>();
  const listed = new Map<ImageId, Image>();
  for (const row of rowsOf<ImageRow>(database, engineId, columns, "image")) {
    const id = toId(row[0]);
    images.set(id, toImageRecord(path, row, checkpoint));
    if (row[17] === 1) listed.set(id, toListedImage(path, id, row, toId));
    const [isLearned, top, taggedAt] = [row[10] === 1, row[11], row[12]];
    if (!isLearned) continue;
    if (top !== null && !layers.has(top)) throw damagedLedger(path, "it lacks a layer");
    const content = contents.get(row[0]) ?? null;
    learned.set(id, { top, taggedAt: taggedAt === null ? null : integerOf(path, taggedAt), content });
  }
  return { images, learned, listed };
}

const noLabels: Image["labels"] = {};
const noNames: readonly string[] = [];

function toListedImage(path: string, id: ImageId, row: ImageRow, toId: (text: string) => ImageId): Image {
  const [names, manifests, parentId, labels, sizeBytes, createdAt] = [
    row[8],
    row[13],
    row[18],
    row[19],
    row[20],
    row[21],
  ];
  const all = linesIn(names);
  const hasDigests = names.includes("@");
  return {
    id,
    parentId: parentId === null ? null : toId(parentId),
    tags: hasDigests ? all.filter((name) => !name.includes("@")) : all,
    digests: hasDigests ? all.filter((name) => name.includes("@")) : noNames,
    labels: labels === null ? noLabels : labelsIn(path, labels),
    sizeBytes: integerOf(path, sizeBytes ?? 0),
    createdAt: createdAt === null ? null : integerOf(path, createdAt),
    manifests: manifests === null ? null : linesIn(manifests),
  };
}

function labelsIn(path: string, text: string): Image["labels"] {
  const labels = attempt(() => JSON.parse(text) as unknown, null);
  const isTable = hasFields(labels) && !Array.isArray(labels);
  return isTable && Object.values(labels).every((value) => typeof value === "string")
    ? (labels as Image["labels"])
    : unknownIn(path, "table of labels", text);
}

function toImageRecord(path: string, row: ImageRow, checkpoint: Checkpoint | null): ImageRecord {
  const inUseAt = row[9] === 1 ? (checkpoint ?? unknownIn(path, "use", "at no checkpoint")) : null;
  const awakeMs = (recorded: number | null, at: number) =>
    recorded === null ? Math.min(at, checkpoint?.at ?? at) : integerOf(path, recorded);
  return {
    firstSeenAt: integerOf(path, row[1]),
    lastUsedAt: inUseAt?.at ?? integerOf(path, row[2]),
    lastUseKind: kindsByWord.get(row[3]) ?? unknownIn(path, "use", row[3]),
    lastUseBy: row[5],
    observedMsAtLastUse: inUseAt?.observedMs ?? integerOf(path, row[4]),
    // What an older program wrote has the time of day instead, from which that clock begins.
    awakeMsAtLastUse: inUseAt?.awakeMs ?? awakeMs(row[15], row[2]),
    awakeMsAtFirstSight: awakeMs(row[16], row[1]),
    inRegistry: row[6] === 1,
    wasTagged: row[7] === 1,
    names: row[8],
    lastTags: row[14],
    manifests: row[13],
  };
}

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
  const marks = ", ?".repeat(columns.split(",").length);
  const write = database.prepare(`INSERT OR REPLACE INTO image (engine_id, ${columns}) VALUES (?${marks})`);
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
    const further = [image.manifests, image.lastTags, awakeMs, awakeMsAtFirstSight];
    const listed = listedColumns(listedAfter.get(id));
    write.run(engineId, id, ...uses, ...flags, names, Number(inUse), ...layers, ...further, ...listed);
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
