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

type ImageRow = readonly [
  imageId: string,
  firstSeenAt: number,
  lastUsedAt: number,
  lastUseKind: string,
  observedMsAtLastUse: number,
  lastUseBy: string | null,
  inRegistry: number,
  wasTagged: number,
];

const imageColumns =
  "image_id, first_seen_at, last_used_at, last_use_kind, observed_ms_at_last_use, last_use_by, in_registry, was_tagged";

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
  const ids = new Map<string, ImageId>();
  // Names and containers refer to images: one text, looked at once, for all that is the same.
  const imageId = (text: string): ImageId => {
    const known = ids.get(text);
    if (known !== undefined) return known;
    const id = toImageId(text) ?? reject(path, "image ID", text);
    ids.set(text, id);
    return id;
  };
  const containerId = (text: string): ContainerId =>
    toContainerId(text) ?? reject(path, "container ID", text);
  // As arrays: as objects they take twice as long.
  const rows = <Row>(columns: string, table: string): IterableIterator<Row> =>
    database
      .prepare<[bigint], Row>(`SELECT ${columns} FROM ${table} WHERE engine_id = ?`)
      .raw()
      .iterate(row.engine_id);
  const readImages = (table: string, columns: string) => rows<readonly [string, string]>(columns, table);

  const images = new Map<ImageId, ImageRecord>();
  for (const image of rows<ImageRow>(imageColumns, "image"))
    images.set(imageId(image[0]), toImageRecord(path, image));
  const containers = new Map<ContainerId, ImageId>();
  for (const [container, image] of readImages("container", "container_id, image_id"))
    containers.set(containerId(container), imageId(image));
  const names = new Map<string, ImageId>();
  for (const [name, image] of readImages("name", "name, image_id")) names.set(name, imageId(image));
  const failedRemovals = new Map<ImageId, FailedRemoval>();
  const failedColumns = "image_id, failures, last_failed_at";
  for (const [image, failures, at] of rows<readonly [string, number, number]>(
    failedColumns,
    "failed_removal",
  ))
    failedRemovals.set(imageId(image), {
      failures: integer(path, failures),
      lastFailedAt: integer(path, at),
    });
  const warnedRules = new Map<string, number>();
  for (const [rule, warnedAt] of rows<readonly [string, number]>("rule, warned_at", "warned_rule"))
    warnedRules.set(rule, integer(path, warnedAt));
  const layers = readLayers(database, path, row.engine_id, imageId);
  return { checkpoint: toCheckpoint(row), images, containers, names, layers, failedRemovals, warnedRules };
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

function toImageRecord(
  path: string,
  [, firstSeenAt, lastUsedAt, lastUseKind, observedMs, lastUseBy, inRegistry, wasTagged]: ImageRow,
): ImageRecord {
  return {
    firstSeenAt: integer(path, firstSeenAt),
    lastUsedAt: integer(path, lastUsedAt),
    lastUseKind: isUseKind(lastUseKind) ? lastUseKind : reject(path, "use", lastUseKind),
    lastUseBy,
    observedMsAtLastUse: integer(path, observedMs),
    inRegistry: inRegistry === 1,
    wasTagged: wasTagged === 1,
  };
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
