import type { Image } from "../../core/image/image.js";
import { holdersOf, type KnownHolders } from "../../core/uses/holders.js";
import type { Listing } from "../../core/image/listing.js";
import type { ListedNames } from "../../core/image/shown-names.js";
import { canonicalNameOf, parseReference, pinnedTagOf, repositoryOf } from "../../core/image/reference.js";
import type { EngineSession } from "../observe/list.js";
import { listUsers } from "../observe/list.js";

/** Who holds an image now; null when nobody does. */
export async function holderOf(
  session: EngineSession,
  planned: Image,
  { record, listing }: PlannedFrom,
): Promise<string | null> {
  const now = await listUsers(session, listing);
  return holdersOf(now, record).get(planned.id)?.[0] ?? null;
}

/** What was known when the plan was made. */
export interface PlannedFrom {
  readonly record: KnownHolders;
  readonly listing: Listing;
}

/**
 * The tags must be those of the plan, also those that stand beside a digest. Of digests, engines do not list all: the
 * containerd store lists those of one repository and shows the rest on inspection only, so more of them are no change as long
 * as no repository is new.
 */
export function hasSameNames(current: ListedNames, planned: ListedNames): boolean {
  const digests = canonicalNames(current.digests);
  const repositories = new Set([...planned.tags, ...planned.digests].map(repositoryOfName));
  return (
    sameMembers(tagsOf(current), tagsOf(planned)) &&
    [...canonicalNames(planned.digests)].every((digest) => digests.has(digest)) &&
    current.digests.every((digest) => repositories.has(repositoryOfName(digest)))
  );
}

/**
 * What is no reference, as `docker.io/library/UPPER:1`, is left out: the containerd store takes such names from archives and
 * does not list them as it shows them on inspection. Nobody can give one, take one, or run an image by it.
 */
function tagsOf({ tags, digests }: ListedNames): Set<string> {
  const pinned = digests.flatMap((name) => {
    const tag = pinnedTagOf(name);
    return tag === null ? [] : [`${canonicalNameOf(tag) ?? tag}${name.slice(tag.length)}`];
  });
  return new Set([...canonicalNames(tags), ...pinned]);
}

function canonicalNames(names: readonly string[]): Set<string> {
  return new Set(names.flatMap((name) => canonicalNameOf(name) ?? []));
}

function sameMembers(first: ReadonlySet<string>, second: ReadonlySet<string>): boolean {
  return first.size === second.size && [...first].every((member) => second.has(member));
}

/** Null for what is no reference. */
export function repositoryOfName(name: string): string | null {
  const reference = parseReference(name);
  return reference === null ? null : repositoryOf(reference);
}
