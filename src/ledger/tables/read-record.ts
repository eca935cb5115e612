import type { Database } from "../sqlite/database.js";
import type { Anchor } from "../../core/image/anchor.js";
import type { Checkpoint, EngineIdentity, EngineRecord } from "../../core/uses/checkpoint.js";
import { emptyRecord } from "../../core/uses/checkpoint.js";
import type { FailedRemoval } from "../../core/uses/failed-removals.js";
import { toContainerId, toImageId } from "../../core/image/image.js";
import type { ContainerId, ImageId } from "../../core/image/image.js";
import type { ListingBase } from "../../core/image/listing.js";
import type { LayerRecord } from "../../core/layers/layer-record.js";
import { noReturnNews } from "../../core/returns/return-news.js";
import { namesIn } from "../../core/image/name-index.js";
import { readContainers, readVanished } from "./containers.js";
import { readBlobs, readContents } from "./contents.js";
import type { VainRemovals } from "../../core/uses/vain-removals.js";
import { changesIn, storedKeyOf } from "./stored-key.js";
import { readImages } from "./read-images.js";
import { readLayers } from "./read-layers.js";
import { integerOf, unknownIn } from "./row-values.js";

interface EngineRow {
  readonly engine_id: bigint;
  readonly checkpoint_at: bigint | null;
  readonly anchor_time_nano: bigint | null;
  readonly anchor_type: string | null;
  readonly anchor_action: string | null;
  readonly anchor_actor_id: string | null;
  readonly observed_ms: bigint | null;
  readonly steady_boot_id: string | null;
  readonly steady_elapsed_ms: bigint | null;
  readonly awake_ms: bigint | null;
  readonly chosen_by_need_at: bigint | null;
  readonly listed_at: bigint | null;
  readonly counted_images: bigint | null;
  readonly place: string | null;
  readonly host_name: string | null;
  readonly former: string | null;
  readonly sharing: number | null;
  readonly unknown_bytes: bigint | null;
}

type FailedRow = readonly [
  imageId: string,
  failures: number,
  lastFailedAt: number,
  detail: string | null,
  cause: "registry" | null,
];

/**
 * Reads what is known of an engine; an empty record for one never seen.
 *
 * STRICT tables and CHECK constraints vouch for types and for nulls. What else a bit flip or another program's
 * hand may have done to a row is found here: throws a Failure of code `ledger`, which names `path`.
 */
export function readRecord(database: Database, path: string, engine: EngineIdentity): EngineRecord {
  const key = storedKeyOf(database, engine);
  const row = selectEngine(database, key);
  if (row === undefined) {
    return emptyRecord;
  }
  const imageId = (text: string): ImageId => toImageId(text) ?? unknownIn(path, "image ID", text);
  const containerId = (text: string): ContainerId =>
    toContainerId(text) ?? unknownIn(path, "container ID", text);
  // As arrays: as objects they take twice as long.
  const rows = <Row>(columns: string, table: string): IterableIterator<Row> =>
    database
      .prepare<[bigint], Row>(`SELECT ${columns} FROM ${table} WHERE engine_id = ?`)
      .raw()
      .iterate(row.engine_id);

  const { isOfOtherStore, movedFrom } = changesIn(key, engine);
  const checkpoint = toCheckpoint(row);
  const layers = readLayers(database, path, row.engine_id);
  const blobs = readBlobs(database, path, row.engine_id);
  const contents = readContents(database, path, row.engine_id, { layers, blobs });
  const { images, learned, listed } = readImages(database, path, row.engine_id, {
    checkpoint,
    layers,
    contents,
    toId: imageId,
  });
  const failedRemovals = new Map<ImageId, FailedRemoval>();
  const failedColumns = "image_id, failures, last_failed_at, detail, cause";
  for (const [image, failures, at, detail, cause] of rows<FailedRow>(failedColumns, "failed_removal"))
    failedRemovals.set(imageId(image), {
      ...(cause === null ? {} : { cause }),
      failures: integerOf(path, failures),
      lastFailedAt: integerOf(path, at),
      detail,
    });
  let vainRemovals: VainRemovals | null = null;
  const vainColumns = "removals, expected_bytes, free_bytes, last_at";
  for (const row of rows<readonly [number, number, number, number]>(vainColumns, "vain_removals")) {
    const [removals, expectedBytes, freeBytes, lastAt] = row;
    vainRemovals = {
      removals: integerOf(path, removals),
      expectedBytes: integerOf(path, expectedBytes),
      freeBytes: integerOf(path, freeBytes),
      lastAt: integerOf(path, lastAt),
    };
  }
  const warnedRules = new Map<string, number>();
  for (const [rule, warnedAt] of rows<readonly [string, number]>("rule, warned_at", "warned_rule"))
    warnedRules.set(rule, integerOf(path, warnedAt));
  return {
    checkpoint,
    images,
    listed: { images: listed, base: toListingBase(row) },
    containers: readContainers(database, row.engine_id, { image: imageId, container: containerId }),
    vanished: readVanished(database, row.engine_id, imageId),
    names: namesIn(images),
    layers: { images: learned, layers, blobs, ...shownContentIn(row) },
    failedRemovals,
    vainRemovals,
    warnedRules,
    chosenByNeedAt: row.chosen_by_need_at === null ? null : Number(row.chosen_by_need_at),
    news: noReturnNews,
    isOfOtherStore,
    ...originIn(row),
    ...(movedFrom === null ? {} : { movedFrom }),
  };
}

/** Null for a key that is not in the ledger, or an engine that was never observed. */
export function readCheckpoint(database: Database, key: string): Checkpoint | null {
  const row = selectEngine(database, key);
  return row === undefined ? null : toCheckpoint(row);
}

function selectEngine(database: Database, key: string): EngineRow | undefined {
  return (
    database
      // Nanoseconds since 1970 are beyond 2^53, where a number is not exact any more.
      .prepare<[string], EngineRow>("SELECT * FROM engine WHERE identity = ?")
      .safeIntegers()
      .get(key)
  );
}

function toCheckpoint(row: EngineRow): Checkpoint | null {
  if (
    row.checkpoint_at === null ||
    row.observed_ms === null ||
    row.steady_boot_id === null ||
    row.steady_elapsed_ms === null
  ) {
    return null;
  }
  return {
    at: Number(row.checkpoint_at),
    anchor: toAnchor(row),
    observedMs: Number(row.observed_ms),
    // What an older program wrote has the time of day instead, from which that clock begins.
    awakeMs: Number(row.awake_ms ?? row.checkpoint_at),
    steady: { bootId: row.steady_boot_id, elapsedMs: Number(row.steady_elapsed_ms) },
  };
}

function shownContentIn({ sharing, unknown_bytes: unknownBytes }: EngineRow): Pick<LayerRecord, "shown"> {
  if (sharing === null || unknownBytes === null) return {};
  return { shown: { sharing, unknownBytes: Number(unknownBytes) } };
}

function originIn({ place: dataId, host_name: hostName, former }: EngineRow): Pick<EngineRecord, "origin"> {
  if (dataId === null || hostName === null) return {};
  return { origin: { dataId, hostName, former: former?.split("\n") ?? [] } };
}

function toListingBase({ listed_at: fullAt, counted_images: counted }: EngineRow): ListingBase | null {
  return fullAt === null || counted === null ? null : { fullAt: Number(fullAt), counted: Number(counted) };
}

function toAnchor(row: EngineRow): Anchor | null {
  if (
    row.anchor_time_nano === null ||
    row.anchor_type === null ||
    row.anchor_action === null ||
    row.anchor_actor_id === null
  ) {
    return null;
  }
  return {
    timeNano: row.anchor_time_nano,
    type: row.anchor_type,
    action: row.anchor_action,
    actorId: row.anchor_actor_id,
  };
}
