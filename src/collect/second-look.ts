import type { Image } from "../core/image.js";
import type { NameLookup } from "../core/name-index.js";
import { holdersOf } from "../core/holders.js";
import { parseReference, repositoryOf } from "../core/reference.js";
import type { ImageNames } from "../engine/port.js";
import type { Observer } from "./list.js";
import { listUsers } from "./list.js";

/** Who holds an image now; null when nobody does. */
export async function holderOf(
  observer: Observer,
  planned: Image,
  namesAtCheckpoint: NameLookup,
): Promise<string | null> {
  const listing = await listUsers(observer, [planned], observer.description.now());
  return holdersOf(listing, namesAtCheckpoint).get(planned.id)?.[0] ?? null;
}

/**
 * The tags must be those of the plan. Of digests, engines do not list all: the containerd store lists those of one
 * repository and shows the rest on inspection only, so more of them are no change as long as no repository is new.
 */
export function hasSameNames(current: ImageNames, planned: Image): boolean {
  const digests = new Set(current.digests);
  const repositories = new Set([...planned.tags, ...planned.digests].map(repositoryOfName));
  return (
    sameMembers(new Set(current.tags), new Set(planned.tags)) &&
    planned.digests.every((digest) => digests.has(digest)) &&
    current.digests.every((digest) => repositories.has(repositoryOfName(digest)))
  );
}

function sameMembers(first: ReadonlySet<string>, second: ReadonlySet<string>): boolean {
  return first.size === second.size && [...first].every((member) => second.has(member));
}

/** Null for what is no reference. */
export function repositoryOfName(name: string): string | null {
  const reference = parseReference(name);
  return reference === null ? null : repositoryOf(reference);
}
