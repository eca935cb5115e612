import type { Database } from "../sqlite/database.js";
import type { EngineIdentity } from "../../core/uses/checkpoint.js";

/**
 * The key that an engine has in the ledger. Where it has none of its own, its store may have been switched: then it is that
 * of the store which was seen last.
 */
export function storedKeyOf(database: Database, { key, anyStore, dataId }: EngineIdentity): string {
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
  if (row !== undefined) return row.identity;
  return dataId === undefined ? key : (keyAboveData(database, dataId, anyStore) ?? key);
}

/**
 * The key that an engine had under another ID. Two engines above copies of the same data are two, which shows where an ID comes
 * back that was one of these before, or both are known.
 */
function keyAboveData(
  database: Database,
  dataId: string,
  { before, behind }: NonNullable<EngineIdentity["anyStore"]>,
): string | null {
  const [row, ...others] = database
    .prepare<unknown[], { identity: string; former: string | null }>(
      "SELECT identity, former FROM engine WHERE place = @dataId AND substr(identity, -length(@behind)) = @behind",
    )
    .all({ dataId, behind });
  if (row === undefined || others.length > 0) return null;
  return row.former?.split("\n").includes(before.trimEnd()) === true ? null : row.identity;
}

/** What of a stored key is no longer so. */
export function changesIn(
  stored: string,
  { key, anyStore }: EngineIdentity,
): { readonly isOfOtherStore: boolean; readonly movedFrom: string | null } {
  if (stored === key || anyStore === undefined) return { isOfOtherStore: stored !== key, movedFrom: null };
  const { before } = anyStore;
  const movedFrom = stored.startsWith(before) ? null : stored.slice(0, stored.indexOf(" "));
  return { isOfOtherStore: !stored.endsWith(` ${key.slice(before.length)}`), movedFrom };
}

/** Inside a transaction. History and all else go with it. */
export function renameKey(database: Database, from: string, to: string): void {
  if (from !== to) database.prepare("UPDATE engine SET identity = ? WHERE identity = ?").run(to, from);
}
