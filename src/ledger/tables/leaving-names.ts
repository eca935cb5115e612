import type { Database } from "../sqlite/database.js";
import type { EngineIdentity } from "../../core/uses/checkpoint.js";
import { toImageId } from "../../core/image/image.js";
import type { ImageId } from "../../core/image/image.js";
import { append } from "../../core/text/append.js";
import { unknownIn } from "./row-values.js";

/** Replaces the names that are noted for an image. Call it inside a transaction. */
export function writeLeavingNames(
  database: Database,
  engine: EngineIdentity,
  image: ImageId,
  names: readonly string[],
): void {
  const row = database
    .prepare<[string], { engine_id: number }>("SELECT engine_id FROM engine WHERE identity = ?")
    .get(engine.key);
  if (row === undefined) throw new Error("Names are noted of an engine that was never saved.");
  database.prepare("DELETE FROM leaving_name WHERE engine_id = ? AND image_id = ?").run(row.engine_id, image);
  const insert = database.prepare("INSERT INTO leaving_name VALUES (?, ?, ?, ?)");
  for (const [ordinal, name] of names.entries()) insert.run(row.engine_id, image, ordinal, name);
}

/** Throws a Failure of code `ledger`, which names `path`, for a row that no docker-gc wrote. */
export function readLeavingNames(
  database: Database,
  path: string,
  engine: EngineIdentity,
): ReadonlyMap<ImageId, readonly string[]> {
  const rows = database
    .prepare<[string], { image_id: string; name: string }>(
      `SELECT image_id, name FROM leaving_name JOIN engine USING (engine_id)
       WHERE identity = ? ORDER BY image_id, ordinal`,
    )
    .all(engine.key);
  const names = new Map<ImageId, string[]>();
  for (const { image_id: text, name } of rows) {
    append(names, toImageId(text) ?? unknownIn(path, "image ID", text), name);
  }
  return names;
}
