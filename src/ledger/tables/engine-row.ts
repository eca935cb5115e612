import type { Anchor } from "../../core/image/anchor.js";
import type { Checkpoint, EngineIdentity, EngineRecord } from "../../core/uses/checkpoint.js";
import type { ListingBase } from "../../core/image/listing.js";
import type { LayerRecord } from "../../core/layers/layer-record.js";
import type { Database } from "../sqlite/database.js";
import { upsertRow, type Value } from "./rows.js";

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

/** Undefined for a key that is not in the ledger. */
export function selectEngine(database: Database, key: string): EngineRow | undefined {
  return (
    database
      // Nanoseconds since 1970 are beyond 2^53, where a number is not exact any more.
      .prepare<[string], EngineRow>("SELECT * FROM engine WHERE identity = ?")
      .safeIntegers()
      .get(key)
  );
}

/** Null for a key that is not in the ledger, or an engine that was never observed. */
export function readCheckpoint(database: Database, key: string): Checkpoint | null {
  const row = selectEngine(database, key);
  return row === undefined ? null : checkpointIn(row);
}

/** Null for an engine that was never observed. */
export function checkpointIn(row: EngineRow): Checkpoint | null {
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
    anchor: anchorIn(row),
    observedMs: Number(row.observed_ms),
    // What an older program wrote has the time of day instead, from which that clock begins.
    awakeMs: Number(row.awake_ms ?? row.checkpoint_at),
    steady: { bootId: row.steady_boot_id, elapsedMs: Number(row.steady_elapsed_ms) },
  };
}

function anchorIn(row: EngineRow): Anchor | null {
  const { anchor_time_nano: timeNano, anchor_type: type, anchor_action: action } = row;
  const { anchor_actor_id: actorId } = row;
  if (timeNano === null || type === null || action === null || actorId === null) return null;
  return { timeNano, type, action, actorId };
}

export function shownContentIn({ sharing, unknown_bytes: bytes }: EngineRow): Pick<LayerRecord, "shown"> {
  return sharing === null || bytes === null ? {} : { shown: { sharing, unknownBytes: Number(bytes) } };
}

export function originIn({
  place: dataId,
  host_name: hostName,
  former,
}: EngineRow): Pick<EngineRecord, "origin"> {
  if (dataId === null || hostName === null) return {};
  return { origin: { dataId, hostName, former: former?.split("\n") ?? [] } };
}

export function listingBaseIn({ listed_at: fullAt, counted_images: counted }: EngineRow): ListingBase | null {
  return fullAt === null || counted === null ? null : { fullAt: Number(fullAt), counted: Number(counted) };
}

/** Answers with the engine's row ID. */
export function writeEngine(database: Database, engine: EngineIdentity, record: EngineRecord): number {
  const { checkpoint, chosenByNeedAt, listed, layers, origin } = record;
  return upsertRow(database, {
    table: "engine",
    id: "engine_id",
    key: { identity: engine.key },
    columns: {
      ...checkpointColumns(checkpoint),
      chosen_by_need_at: chosenByNeedAt,
      listed_at: listed.base?.fullAt ?? null,
      counted_images: listed.base?.counted ?? null,
      sharing: layers.shown?.sharing ?? null,
      unknown_bytes: layers.shown?.unknownBytes ?? null,
      place: origin?.dataId ?? null,
      host_name: origin?.hostName ?? null,
      former: origin === undefined || origin.former.length === 0 ? null : origin.former.join("\n"),
    },
  });
}

/** Moves the checkpoint of an engine that is in the ledger; all else stays as it was. Answers with its row ID. */
export function writeCheckpoint(database: Database, { key }: EngineIdentity, checkpoint: Checkpoint): number {
  const columns = checkpointColumns(checkpoint);
  const changes = Object.keys(columns).map((name) => `${name} = ?`);
  const id = database
    .prepare<unknown[], number>(`UPDATE engine SET ${changes.join()} WHERE identity = ? RETURNING engine_id`)
    .pluck()
    .get(...Object.values(columns), key);
  if (id === undefined) throw new Error("The ledger has no such engine.");
  return id;
}

function checkpointColumns(checkpoint: Checkpoint | null): Readonly<Record<string, Value>> {
  const { anchor, steady } = checkpoint ?? { anchor: null, steady: null };
  return {
    checkpoint_at: checkpoint?.at ?? null,
    anchor_time_nano: anchor?.timeNano ?? null,
    anchor_type: anchor?.type ?? null,
    anchor_action: anchor?.action ?? null,
    anchor_actor_id: anchor?.actorId ?? null,
    observed_ms: checkpoint?.observedMs ?? null,
    steady_boot_id: steady?.bootId ?? null,
    steady_elapsed_ms: steady?.elapsedMs ?? null,
    awake_ms: checkpoint?.awakeMs ?? null,
  };
}
