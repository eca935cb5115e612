import { gone, type RemovalResult } from "./removal.js";
import type { Outcome, Obstacle } from "../../core/policy/removal.js";
import type { CurrentHolders } from "./current-holders.js";
import type { Presence, Presences } from "../observe/presence.js";
import { shortId, type Image } from "../../core/image/image.js";
import type { ListedNames } from "../../core/image/shown-names.js";
import { canonicalNameOf, pinnedTagOf, repositoryOfName } from "../../core/image/reference.js";

/** What a look at an image asks. */
export interface RecheckContext {
  readonly holders: CurrentHolders;
  readonly presences: Presences;
}

export type ImageState = Exclude<Presence["kind"], "gone">;

/** What is against the removal of an image now; else the state that it is in. */
export type Recheck =
  | { readonly kind: "objection"; readonly result: RemovalResult }
  | { readonly kind: "clear"; readonly state: ImageState };

/** The image must not be in use, and its names must be those of the plan. */
export async function recheck(planned: Image, { holders, presences }: RecheckContext): Promise<Recheck> {
  // Side by side, so that neither is older than it has to be when the removal begins.
  const [, current] = await Promise.all([holders.catchUp(), presences.of(planned.id)]);
  const holder = holders.of(planned.id);
  if (holder !== null) return objection("skipped", `It is in use now by ${holder}.`, "holder");
  if (current.kind === "gone") return { kind: "objection", result: gone };
  const [user] = current.names.usedBy;
  if (user !== undefined)
    return objection("skipped", `It is in use now by container:${shortId(user)}.`, "holder");
  if (!hasSameNames(current.names, planned))
    return objection("skipped", "Its names have changed since the plan.", "image");
  return { kind: "clear", state: current.kind };
}

function objection(outcome: Outcome, detail: string, obstacle: Obstacle): Recheck {
  return { kind: "objection", result: { outcome, detail, obstacle } };
}

/**
 * The tags must be those of the plan, also those that stand beside a digest. Of digests, engines do not list all: the
 * containerd store lists those of one repository and shows the rest on inspection only, so more of them are no change as long
 * as no repository is new.
 */
function hasSameNames(current: ListedNames, planned: ListedNames): boolean {
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
