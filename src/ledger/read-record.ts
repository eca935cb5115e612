import type { Database } from "better-sqlite3";
import type { Anchor, Checkpoint, EngineIdentity, EngineRecord, ImageRecord } from "../core/checkpoint.js";
import { emptyRecord } from "../core/checkpoint.js";
import type { FailedRemoval } from "../core/failed-removals.js";
import { toContainerId, toImageId } from "../core/image.js";
import type { ContainerId, ImageId } from "../core/image.js";
import type { UseKind } from "../core/use.js";
import { damagedLedger } from "./ledger-failure.js";
import { readLayers } from "./read-layers.js";

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
}

interface ImageRow {
  readonly image_id: string;
  readonly first_seen_at: number;
  readonly last_used_at: number;
  readonly last_use_kind: string;
  readonly observed_ms_at_last_use: number;
  readonly last_use_by: string | null;
  readonly in_registry: number;
  readonly was_tagged: number;
}

interface FailedRow {
  readonly image_id: string;
  readonly failures: number;
  readonly last_failed_at: number;
}

/** A record, so that a new kind does not compile until it is listed here. */
const useKinds: Readonly<Record<UseKind, true>> = {
  "first-seen": true,
  "container-create": true,
  "container-start": true,
  "container-end": true,
  "in-use": true,
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

/**
 * Reads what is known of an engine; an empty record for one never seen.
 *
 * STRICT tables and CHECK constraints vouch for types and for nulls. What else a bit flip or another program's
 * hand may have done to a row is found here: throws a Failure of code `ledger`, which names `path`.
 */
export function readRecord(database: Database, path: string, engine: EngineIdentity): EngineRecord {
  const row = database
    // Nanoseconds since 1970 are beyond 2^53, where a number is not exact any more.
    .prepare<[string], EngineRow>("SELECT * FROM engine WHERE identity = ?")
    .safeIntegers()
    .get(engine.key);
  if (row === undefined) {
    return emptyRecord;
  }
  const imageId = (text: string): ImageId => toImageId(text) ?? reject(path, "image ID", text);
  const containerId = (text: string): ContainerId =>
    toContainerId(text) ?? reject(path, "container ID", text);
  const rows = <Row>(columns: string, table: string): Row[] =>
    database.prepare<[bigint], Row>(`SELECT ${columns} FROM ${table} WHERE engine_id = ?`).all(row.engine_id);

  return {
    checkpoint: toCheckpoint(row),
    images: new Map(
      rows<ImageRow>("*", "image").map((image) => [imageId(image.image_id), toImageRecord(path, image)]),
    ),
    containers: new Map(
      rows<{ container_id: string; image_id: string }>("container_id, image_id", "container").map(
        (container) => [containerId(container.container_id), imageId(container.image_id)],
      ),
    ),
    names: new Map(
      rows<{ name: string; image_id: string }>("name, image_id", "name").map((name) => [
        name.name,
        imageId(name.image_id),
      ]),
    ),
    layers: readLayers(database, path, row.engine_id),
    failedRemovals: new Map(
      rows<FailedRow>("*", "failed_removal").map((failed) => [
        imageId(failed.image_id),
        toFailedRemoval(path, failed),
      ]),
    ),
    warnedRules: new Map(
      rows<{ rule: string; warned_at: number }>("rule, warned_at", "warned_rule").map((warned) => [
        warned.rule,
        integer(path, warned.warned_at),
      ]),
    ),
  };
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
    steady: { bootId: row.steady_boot_id, elapsedMs: Number(row.steady_elapsed_ms) },
  };
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

function toImageRecord(path: string, row: ImageRow): ImageRecord {
  return {
    firstSeenAt: integer(path, row.first_seen_at),
    lastUsedAt: integer(path, row.last_used_at),
    lastUseKind: isUseKind(row.last_use_kind) ? row.last_use_kind : reject(path, "use", row.last_use_kind),
    lastUseBy: row.last_use_by,
    observedMsAtLastUse: integer(path, row.observed_ms_at_last_use),
    inRegistry: row.in_registry === 1,
    wasTagged: row.was_tagged === 1,
  };
}

function toFailedRemoval(path: string, row: FailedRow): FailedRemoval {
  return { failures: integer(path, row.failures), lastFailedAt: integer(path, row.last_failed_at) };
}

function integer(path: string, value: number): number {
  return Number.isSafeInteger(value) ? value : reject(path, "number", String(value));
}

function isUseKind(text: string): text is UseKind {
  return Object.hasOwn(useKinds, text);
}

function reject(path: string, what: string, found: string): never {
  throw damagedLedger(path, `it has an unknown ${what}, ${JSON.stringify(found)}`);
}
