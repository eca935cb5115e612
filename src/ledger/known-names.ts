import { toImageId, type ImageId } from "../core/image/image.js";
import { familiarRepositoryOf, parseReference, repositoryOf } from "../core/image/reference.js";
import { absolutePath } from "../files/absolute.js";
import { readSnapshot } from "./file/snapshot.js";
import type { Database } from "./sqlite/database.js";
import { openCopy } from "./sqlite/open-database.js";
import { schemaVersion } from "./tables/schema-version.js";

export interface KnownNames {
  /** Images of all engines, each with its tags as docker shows them. */
  readonly present: readonly { readonly id: ImageId; readonly names: readonly string[] }[];
  /** Tags of images that were removed. */
  readonly removed: readonly string[];
}

/**
 * The names in a ledger, as quickly as they can be read: for a person who waits at a key. Works on a copy, as whoever reads does, and does
 * without its checks; of an older or a newer schema, and where there is no ledger, there are none. Throws for a file that is none.
 */
export function readKnownNames(path: string): KnownNames {
  const snapshot = readSnapshot(absolutePath(path));
  if (snapshot === null) return { present: [], removed: [] };
  const database = openCopy(snapshot);
  try {
    const isCurrent = Number(database.pragma("user_version", { simple: true })) === schemaVersion;
    return isCurrent ? namesIn(database) : { present: [], removed: [] };
  } finally {
    database.close();
  }
}

function namesIn(database: Database): KnownNames {
  const rows = database
    .prepare<[], readonly [string, string]>("SELECT image_id, names FROM image")
    .raw()
    .all();
  const present = rows.flatMap(([image, names]) => {
    const id = toImageId(image);
    return id === null ? [] : [{ id, names: tagsIn(names) }];
  });
  const removed = database.prepare<[], string>("SELECT DISTINCT names FROM removed_image").pluck().all();
  return { present, removed: removed.flatMap(tagsIn) };
}

function tagsIn(lines: string): string[] {
  return lines.split("\n").flatMap((name) => {
    const reference = parseReference(name);
    if (reference?.tag == null || reference.digest !== null) return [];
    const ending = `:${reference.tag}`;
    const isListed = !name.startsWith(repositoryOf(reference));
    return [isListed ? name : familiarRepositoryOf(reference) + ending];
  });
}
