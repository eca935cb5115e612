import { isDeepStrictEqual } from "node:util";
import type { FailedRemoval, FailedRemovals } from "../../core/uses/failed-removals.js";
import type { VainRemovals } from "../../core/uses/vain-removals.js";
import type { ImageId } from "../../core/image/image.js";
import type { Database } from "../sqlite/database.js";
import { integerOf } from "./row-values.js";
import { rowsOf, type KeyedTable } from "./rows.js";

type FailedRow = readonly [
  imageId: string,
  failures: number,
  lastFailedAt: number,
  detail: string | null,
  cause: "registry" | null,
];

export const failedRemovalTable: KeyedTable<FailedRemoval> = {
  table: "failed_removal",
  key: "image_id",
  columns: ({ failures, lastFailedAt, detail, cause = null }) => [failures, lastFailedAt, detail, cause],
};

/** Throws a Failure of code `ledger`, which names `path`, for a number that nobody can have written; `toId` throws likewise. */
export function readFailedRemovals(
  database: Database,
  path: string,
  engineId: bigint,
  toId: (text: string) => ImageId,
): FailedRemovals {
  const failed = new Map<ImageId, FailedRemoval>();
  const columns = "image_id, failures, last_failed_at, detail, cause";
  for (const [image, count, at, detail, cause] of rowsOf<FailedRow>(
    database,
    engineId,
    columns,
    "failed_removal",
  )) {
    const [failures, lastFailedAt] = [integerOf(path, count), integerOf(path, at)];
    failed.set(toId(image), { ...(cause === null ? {} : { cause }), failures, lastFailedAt, detail });
  }
  return failed;
}

type VainRow = readonly [removals: number, expectedBytes: number, freeBytes: number, lastAt: number];

/** Null where there were none. Throws as `readFailedRemovals` does. */
export function readVainRemovals(database: Database, path: string, engineId: bigint): VainRemovals | null {
  const columns = "removals, expected_bytes, free_bytes, last_at";
  const [row] = [...rowsOf<VainRow>(database, engineId, columns, "vain_removals")];
  if (row === undefined) return null;
  for (const value of row) integerOf(path, value);
  const [removals, expectedBytes, freeBytes, lastAt] = row;
  return { removals, expectedBytes, freeBytes, lastAt };
}

/** Call it inside a transaction. */
export function writeVainRemovals(
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
