import { append } from "../../core/text/append.js";
import type { Database } from "../sqlite/database.js";
import type { EngineIdentity } from "../../core/uses/checkpoint.js";
import { binCount, binOf } from "../../core/returns/idle-bins.js";
import { toImageId, type ImageId } from "../../core/image/image.js";
import type { RemovedShare } from "../../core/results/regret.js";
import type { StoredUsePast } from "../../core/plan/need-order.js";
import { faded, keptIdleTimes } from "../../core/returns/return-history.js";
import type { TagState } from "../../core/returns/return-group.js";
import type {
  EndedImageIdle,
  RemovedImage,
  ReturnedImage,
  ReturnNews,
} from "../../core/returns/return-news.js";
import { removeReasons, type RemoveReason } from "../../core/policy/removal.js";
import { countReturns } from "./totals.js";
import { integerOf, linesIn, unknownIn } from "./row-values.js";
import { insertRows, rowsOf } from "./rows.js";

/** Adds what happened between two states of an engine. Call it inside a transaction. */
export function writeReturnNews(
  database: Database,
  engineId: number,
  before: ReturnNews,
  after: ReturnNews,
  observedMs: number,
): void {
  // A record goes on from the one before it, so its lists begin with what is written already.
  writeEnded(database, engineId, after.ended.slice(before.ended.length), observedMs);
  writeRemoved(database, engineId, after.removed.slice(before.removed.length));
  writeReturned(database, engineId, after.returned.slice(before.returned.length));
}

function writeEnded(
  database: Database,
  engineId: number,
  ended: readonly EndedImageIdle[],
  observedMs: number,
): void {
  if (ended.length === 0) return;
  const lastOrdinal = database
    .prepare<unknown[], number | null>(
      "SELECT max(ordinal) FROM idle_time WHERE engine_id = ? AND image_id = ?",
    )
    .pluck();
  const insert = database.prepare("INSERT INTO idle_time VALUES (?, ?, ?, ?)");
  const trim = database.prepare(
    "DELETE FROM idle_time WHERE engine_id = ? AND image_id = ? AND ordinal <= ?",
  );
  const readBin = database.prepare<unknown[], { ended: number; weighed_at: number }>(
    "SELECT ended, weighed_at FROM idle_bin WHERE engine_id = ? AND repository = ? AND was_untagged = ? AND bin = ?",
  );
  const writeBin = database.prepare("INSERT OR REPLACE INTO idle_bin VALUES (?, ?, ?, ?, ?, ?)");
  for (const { image, group, idleMs } of ended) {
    const ordinal = (lastOrdinal.get(engineId, image) ?? 0) + 1;
    insert.run(engineId, image, ordinal, idleMs);
    trim.run(engineId, image, ordinal - keptIdleTimes);
    const key = [engineId, group.repository, Number(group.tagState === "untagged"), binOf(idleMs)];
    const bin = readBin.get(...key);
    const counted = bin === undefined ? 0 : faded(bin.ended, observedMs - bin.weighed_at);
    writeBin.run(...key, counted + 1, observedMs);
  }
}

function writeRemoved(database: Database, engineId: number, removed: readonly RemovedImage[]): void {
  const rows = removed.map((image) => ({
    engine_id: engineId,
    removed_at: image.removedAt,
    image_id: image.id,
    names: image.names.join("\n"),
    repository: image.group.repository,
    was_untagged: Number(image.group.tagState === "untagged"),
    last_used_at: image.lastUsedAt,
    observed_ms_at_last_use: image.observedMsAtLastUse,
    bytes: image.bytes,
    limit_reason: image.reason,
    expected_ms: image.expectedMs ?? null,
  }));
  insertRows(database, "removed_image", rows);
}

function writeReturned(database: Database, engineId: number, returned: readonly ReturnedImage[]): void {
  if (returned.length === 0) return;
  countReturns(database, returned);
  const update = database.prepare(
    `UPDATE removed_image SET returned_at = ?, returned_bytes = bytes
     WHERE engine_id = ? AND removed_at = ? AND image_id = ?`,
  );
  for (const { removed, at } of returned) update.run(at, engineId, removed.removedAt, removed.id);
}

/** A removed image may come back, and is then known by its idle times. */
export function forgetIdleTimes(
  database: Database,
  engineId: number,
  vanished: readonly ImageId[],
  { removed }: ReturnNews,
): void {
  if (vanished.length === 0) return;
  const remembered = new Set(removed.map(({ id }) => id));
  const forget = database.prepare("DELETE FROM idle_time WHERE engine_id = ? AND image_id = ?");
  for (const id of vanished) if (!remembered.has(id)) forget.run(engineId, id);
}

/** Drops images that were removed before this moment (epoch milliseconds), and what is known of them alone. */
export function deleteRemovedBefore(database: Database, time: number): void {
  const dropped = database
    .prepare<[number], { engine_id: number; image_id: string }>(
      "DELETE FROM removed_image WHERE removed_at < ? RETURNING engine_id, image_id",
    )
    .all(time);
  const forget = database.prepare<[{ readonly engine_id: number; readonly image_id: string }]>(
    `DELETE FROM idle_time WHERE engine_id = @engine_id AND image_id = @image_id
       AND NOT EXISTS (SELECT 1 FROM image WHERE engine_id = @engine_id AND image_id = @image_id)`,
  );
  for (const image of dropped) forget.run(image);
}

/** Throws a Failure of code `ledger`, which names `path`, for what nobody can have written. */
export function readUsePast(database: Database, path: string, engine: EngineIdentity): StoredUsePast {
  const idleTimes = new Map<ImageId, number[]>();
  const times = rowsOf<readonly [image: string, idleMs: number]>(
    database,
    engine,
    "image_id, idle_ms",
    "idle_time",
    "ORDER BY image_id, ordinal",
  );
  for (const [id, idleMs] of times) {
    const image = toImageId(id) ?? unknownIn(path, "image ID", id);
    append(idleTimes, image, integerOf(path, idleMs));
  }
  const bins: StoredUsePast["bins"][number][] = [];
  const binRows = rowsOf<
    readonly [repository: string, wasUntagged: number, bin: number, ended: number, weighedAtMs: number]
  >(database, engine, "repository, was_untagged, bin, ended, weighed_at", "idle_bin");
  for (const [repository, wasUntagged, bin, ended, weighedAtMs] of binRows) {
    if (bin < 0 || bin >= binCount) unknownIn(path, "bin", String(bin));
    bins.push({ group: { repository, tagState: tagStateOf(wasUntagged) }, bin, ended, weighedAtMs });
  }
  return { idleTimes, bins, removed: [...readRemovedImages(database, path, engine).values()] };
}

/** Those that have not come back, each as it was removed last. Throws as `readUsePast` does. */
export function readRemovedImages(
  database: Database,
  path: string,
  engine: EngineIdentity,
): ReadonlyMap<ImageId, RemovedImage> {
  const removed = new Map<ImageId, RemovedImage>();
  for (const row of rowsOf<
    readonly [number, string, string, string | null, number, number, number, number, string]
  >(
    database,
    engine,
    "removed_at, image_id, names, repository, was_untagged, last_used_at, observed_ms_at_last_use, bytes, limit_reason",
    "removed_image",
    "AND returned_at IS NULL ORDER BY removed_at",
  )) {
    const [removedAt, image, names, repository, wasUntagged, lastUsedAt, observedMsAtLastUse, bytes, reason] =
      row;
    const id = toImageId(image) ?? unknownIn(path, "image ID", image);
    removed.set(id, {
      id,
      names: linesIn(names),
      group: { repository: repository ?? "", tagState: tagStateOf(wasUntagged) },
      lastUsedAt: integerOf(path, lastUsedAt),
      observedMsAtLastUse: integerOf(path, observedMsAtLastUse),
      removedAt: integerOf(path, removedAt),
      bytes: integerOf(path, bytes),
      reason: reasonOf(path, reason),
    });
  }
  return removed;
}

/** By limit and repository, of those removed at this moment (epoch milliseconds) or later. Throws as `readUsePast` does. */
export function readRemovedSince(
  database: Database,
  path: string,
  { key }: EngineIdentity,
  time: number,
): readonly RemovedShare[] {
  return database
    .prepare<[string, number], Omit<RemovedShare, "reason"> & { readonly reason: string }>(
      `SELECT limit_reason AS reason, coalesce(repository, '') AS repository, sum(bytes) AS bytes,
         sum(coalesce(returned_bytes, 0)) AS returnedBytes
       FROM removed_image WHERE engine_id = (SELECT engine_id FROM engine WHERE identity = ?) AND removed_at >= ?
       GROUP BY 1, 2`,
    )
    .all(key, time)
    .map((share) => ({ ...share, reason: reasonOf(path, share.reason) }));
}

function reasonOf(path: string, text: string): RemoveReason {
  return removeReasons.find((each) => each === text) ?? unknownIn(path, "reason", text);
}

function tagStateOf(wasUntagged: number): TagState {
  return wasUntagged === 1 ? "untagged" : "tagged";
}
