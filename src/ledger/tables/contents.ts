import type { Database } from "../sqlite/database.js";
import type { ImageContent, KnownBlob } from "../../core/layers/image-content.js";
import type { ImageId } from "../../core/image/image.js";
import type { LayerRecord } from "../../core/layers/layer-record.js";
import { attempt } from "../../core/text/attempt.js";
import { chainBytes, chainIdText } from "./chain-bytes.js";
import { damagedLedger } from "../file/ledger-failure.js";
import { integerOf, unknownIn } from "./row-values.js";
import { rowsOf, writeRows, type KeyedTable } from "./rows.js";

type ContentRow = readonly [
  imageId: string,
  listedBytes: number,
  unpacked: string,
  layerBlobs: string,
  otherBlobs: string | null,
  platformBytes: number,
  otherBytes: number,
];

const contentColumns =
  "image_id, listed_bytes, unpacked, layer_blobs, other_blobs, platform_bytes, other_bytes";

/** By number. Throws a Failure of code `ledger`, which names `path`, for what nobody can have written. */
export function readBlobs(database: Database, path: string, engineId: bigint): Map<number, KnownBlob> {
  const columns = `number, ${chainIdText("digest")}, bytes`;
  const blobs = new Map<number, KnownBlob>();
  for (const [number, digest, bytes] of rowsOf<
    readonly [number: number, digest: string, bytes: number | null]
  >(database, engineId, columns, "blob", "ORDER BY number"))
    blobs.set(integerOf(path, number), { digest, bytes: bytes === null ? null : integerOf(path, bytes) });
  return blobs;
}

/** Throws as readBlobs does, also for what `layers` or `blobs` lack. */
export function readContents(
  database: Database,
  path: string,
  engineId: bigint,
  { layers, blobs }: Pick<LayerRecord, "layers" | "blobs">,
): ReadonlyMap<string, ImageContent> {
  const blobIn = (value: unknown): number => {
    if (typeof value === "number" && blobs.has(value)) return value;
    throw damagedLedger(path, "it lacks a blob");
  };
  const platformIn = (value: unknown): ImageContent["unpacked"][number] => {
    const [top, bytes] = Array.isArray(value) ? (value as readonly unknown[]) : [];
    if (typeof top !== "number" || !layers.has(top)) throw damagedLedger(path, "it lacks a layer");
    return { top, bytes: integerOf(path, typeof bytes === "number" ? bytes : NaN) };
  };
  const rows = rowsOf<ContentRow>(database, engineId, contentColumns, "image_content");
  const contents = new Map<string, ImageContent>();
  for (const [image, listed, unpacked, layerBlobs, otherBlobs, platform, other] of rows) {
    const blobsOfLayers = listIn(path, layerBlobs).map((each) => (each === null ? null : blobIn(each)));
    contents.set(image, {
      listedBytes: integerOf(path, listed),
      unpacked: listIn(path, unpacked).map(platformIn),
      blobs:
        otherBlobs === null
          ? null
          : { ofLayers: blobsOfLayers, others: listIn(path, otherBlobs).map(blobIn) },
      diffs: otherBlobs === null ? blobsOfLayers.filter((number) => number !== null) : [],
      platformBytes: integerOf(path, platform),
      otherBytes: integerOf(path, other),
    });
  }
  return contents;
}

function listIn(path: string, text: string): readonly unknown[] {
  const list = attempt(() => JSON.parse(text) as unknown, null);
  return Array.isArray(list) ? list : unknownIn(path, "list", text);
}

const blobTable: KeyedTable<KnownBlob> = {
  table: "blob",
  key: "number",
  columns: ({ digest, bytes }) => [chainBytes(digest), bytes],
};

const contentTable: KeyedTable<ImageContent> = {
  table: "image_content",
  key: "image_id",
  columns: ({ listedBytes, unpacked, blobs, diffs, platformBytes, otherBytes }) => [
    listedBytes,
    JSON.stringify(unpacked.map(({ top, bytes }) => [top, bytes])),
    JSON.stringify(blobs?.ofLayers ?? diffs),
    blobs && JSON.stringify(blobs.others),
    platformBytes,
    otherBytes,
  ],
};

/** Brings what is known of an engine's content from one state to another. Call it inside a transaction. */
export function writeContents(
  database: Database,
  engineId: number,
  before: LayerRecord,
  after: LayerRecord,
): void {
  if (before === after) return;
  writeRows(database, engineId, blobTable, before.blobs, after.blobs);
  writeRows(database, engineId, contentTable, contentsOf(before), contentsOf(after));
}

function contentsOf({ images }: LayerRecord): ReadonlyMap<ImageId, ImageContent> {
  const contents = new Map<ImageId, ImageContent>();
  for (const [id, { content }] of images) if (content !== null) contents.set(id, content);
  return contents;
}
