import { isDeepStrictEqual } from "node:util";
import type { Database } from "../sqlite/database.js";
import type { Checkpoint, EngineIdentity, EngineRecord } from "../../core/uses/checkpoint.js";
import type { FailedRemovals } from "../../core/uses/failed-removals.js";
import type { VainRemovals } from "../../core/uses/vain-removals.js";
import type { WarnedRules } from "../../core/policy/warned-rules.js";
import { writeContainers, writeVanished } from "./containers.js";
import { writeContents } from "./contents.js";
import { writeReturnNews } from "./returns.js";
import { difference } from "./difference.js";
import { writeImages } from "./write-images.js";
import { writeLayers } from "./write-layers.js";
import { writeTagsLost, writeUses } from "./use-log.js";

/**
 * Brings an engine's rows from one state to another, and touches only rows that differ: most images were not
 * used since the last run. Call it inside a transaction. Returns the engine's row ID, for its history.
 */
export function writeRecord(
  database: Database,
  engine: EngineIdentity,
  before: EngineRecord,
  after: EngineRecord,
): number {
  const engineId = writeEngine(database, engine, after);
  writeImages(database, engineId, before, after);
  writeContainers(database, engineId, before.containers, after.containers);
  writeVanished(database, engineId, before.vanished, after.vanished);
  writeLayers(database, engineId, before.layers.layers, after.layers.layers);
  writeContents(database, engineId, before.layers, after.layers);
  writeFailedRemovals(database, engineId, before.failedRemovals, after.failedRemovals);
  writeVainRemovals(database, engineId, before.vainRemovals, after.vainRemovals);
  writeWarnedRules(database, engineId, before.warnedRules, after.warnedRules);
  writeReturnNews(database, engineId, before.news, after.news, after.checkpoint?.observedMs ?? 0);
  writeUses(database, engineId, after.news.used.slice(before.news.used.length), after.layers);
  writeTagsLost(database, engineId, after.news.tagsLost.slice(before.news.tagsLost.length));
  return engineId;
}

function writeEngine(database: Database, engine: EngineIdentity, record: EngineRecord): number {
  const { checkpoint, chosenByNeedAt, listed, layers, origin } = record;
  const row = database
    .prepare<unknown[], { engine_id: number }>(
      `INSERT INTO engine (identity, checkpoint_at, anchor_time_nano, anchor_type, anchor_action,
         anchor_actor_id, observed_ms, steady_boot_id, steady_elapsed_ms, awake_ms,
         chosen_by_need_at, listed_at, counted_images, sharing, unknown_bytes,
         place, host_name, former)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (identity) DO UPDATE SET
         checkpoint_at = excluded.checkpoint_at,
         anchor_time_nano = excluded.anchor_time_nano,
         anchor_type = excluded.anchor_type,
         anchor_action = excluded.anchor_action,
         anchor_actor_id = excluded.anchor_actor_id,
         observed_ms = excluded.observed_ms,
         steady_boot_id = excluded.steady_boot_id,
         steady_elapsed_ms = excluded.steady_elapsed_ms,
         awake_ms = excluded.awake_ms,
         chosen_by_need_at = excluded.chosen_by_need_at,
         listed_at = excluded.listed_at,
         counted_images = excluded.counted_images,
         sharing = excluded.sharing,
         unknown_bytes = excluded.unknown_bytes,
         place = excluded.place,
         host_name = excluded.host_name,
         former = excluded.former
       RETURNING engine_id`,
    )
    .get(
      engine.key,
      checkpoint?.at ?? null,
      checkpoint?.anchor?.timeNano ?? null,
      checkpoint?.anchor?.type ?? null,
      checkpoint?.anchor?.action ?? null,
      checkpoint?.anchor?.actorId ?? null,
      checkpoint?.observedMs ?? null,
      checkpoint?.steady.bootId ?? null,
      checkpoint?.steady.elapsedMs ?? null,
      checkpoint?.awakeMs ?? null,
      chosenByNeedAt,
      listed.base?.fullAt ?? null,
      listed.base?.counted ?? null,
      layers.shown?.sharing ?? null,
      layers.shown?.unknownBytes ?? null,
      origin?.dataId ?? null,
      origin?.hostName ?? null,
      origin === undefined || origin.former.length === 0 ? null : origin.former.join("\n"),
    );
  if (row === undefined) {
    throw new Error("An insert with RETURNING returned no row.");
  }
  return row.engine_id;
}

/** Moves the checkpoint of an engine that is in the ledger; all else stays as it was. Returns its row ID. */
export function writeCheckpoint(
  database: Database,
  { key }: EngineIdentity,
  { at, anchor, observedMs, awakeMs, steady }: Checkpoint,
): number {
  const row = database
    .prepare<unknown[], { engine_id: number }>(
      `UPDATE engine SET checkpoint_at = ?, anchor_time_nano = ?, anchor_type = ?, anchor_action = ?,
         anchor_actor_id = ?, observed_ms = ?, steady_boot_id = ?, steady_elapsed_ms = ?, awake_ms = ?
       WHERE identity = ? RETURNING engine_id`,
    )
    .get(
      at,
      ...[anchor?.timeNano ?? null, anchor?.type ?? null, anchor?.action ?? null, anchor?.actorId ?? null],
      ...[observedMs, steady.bootId, steady.elapsedMs, awakeMs, key],
    );
  if (row === undefined) throw new Error("The ledger has no such engine.");
  return row.engine_id;
}

function writeFailedRemovals(
  database: Database,
  engineId: number,
  before: FailedRemovals,
  after: FailedRemovals,
): void {
  const { changed, vanished } = difference(
    before,
    after,
    (first, second) =>
      first.cause === second.cause &&
      first.failures === second.failures &&
      first.lastFailedAt === second.lastFailedAt &&
      first.detail === second.detail,
  );
  const write = database.prepare("INSERT OR REPLACE INTO failed_removal VALUES (?, ?, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM failed_removal WHERE engine_id = ? AND image_id = ?");
  changed.forEach(([id, { failures, lastFailedAt, detail, cause = null }]) =>
    write.run(engineId, id, failures, lastFailedAt, detail, cause),
  );
  vanished.forEach((id) => remove.run(engineId, id));
}

function writeVainRemovals(
  database: Database,
  engineId: number,
  before: VainRemovals | null,
  after: VainRemovals | null,
): void {
  if (isDeepStrictEqual(before, after)) return;
  database.prepare("DELETE FROM vain_removals WHERE engine_id = ?").run(engineId);
  if (after === null) return;
  const { removals, expectedBytes, freeBytes, lastAt } = after;
  database
    .prepare("INSERT INTO vain_removals VALUES (?, ?, ?, ?, ?)")
    .run(engineId, removals, expectedBytes, freeBytes, lastAt);
}

function writeWarnedRules(
  database: Database,
  engineId: number,
  before: WarnedRules,
  after: WarnedRules,
): void {
  const { changed, vanished } = difference(before, after, (first, second) => first === second);
  const write = database.prepare("INSERT OR REPLACE INTO warned_rule VALUES (?, ?, ?)");
  const remove = database.prepare("DELETE FROM warned_rule WHERE engine_id = ? AND rule = ?");
  changed.forEach(([rule, warnedAt]) => write.run(engineId, rule, warnedAt));
  vanished.forEach((rule) => remove.run(engineId, rule));
}
