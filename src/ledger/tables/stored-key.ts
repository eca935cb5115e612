import type { Database } from "../sqlite/database.js";
import type { EngineIdentity } from "../../core/uses/checkpoint.js";

/**
 * The key that an engine has in the ledger. Where it has none of its own, its store may have been switched: then it is that
 * of the store which was seen last.
 */
export function storedKeyOf(database: Database, { key, anyStore }: EngineIdentity): string {
  if (anyStore === undefined) return key;
  const { before, behind } = anyStore;
  const row = database
    .prepare<unknown[], { identity: string }>(
      `SELECT identity FROM engine
       WHERE identity = @key
         OR (substr(identity, 1, length(@before)) = @before AND substr(identity, -length(@behind)) = @behind)
       ORDER BY identity = @key DESC, checkpoint_at DESC LIMIT 1`,
    )
    .get({ key, before, behind });
  return row?.identity ?? key;
}

/** Inside a transaction. History and all else go with it. */
export function renameKey(database: Database, from: string, to: string): void {
  if (from !== to) database.prepare("UPDATE engine SET identity = ? WHERE identity = ?").run(to, from);
}
