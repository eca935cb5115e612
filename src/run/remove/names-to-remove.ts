import type { Image } from "../../core/image/image.js";
import {
  canonicalName,
  canonicalNameOf,
  parseReference,
  pinnedTagOf,
  repositoryOfName,
} from "../../core/image/reference.js";
import type { ListedNames } from "../../core/image/shown-names.js";
import type { EngineDescription } from "../../engine/port.js";

/** As a call can name it: without a tag the engine would take `latest`. Nothing for what is no reference. */
export function withExplicitTag(name: string): readonly string[] {
  const reference = parseReference(name);
  if (reference === null) return [];
  return [reference.tag === null ? canonicalName(reference) : name];
}

/**
 * The digests that keep an image which nobody uses from going by its ID. `tags`: those by which it is removed. `current`: its names
 * as an inspection shows them now.
 */
export function digestsInTheWay(
  family: EngineDescription["family"],
  image: Image,
  tags: readonly string[],
  current: ListedNames,
): readonly string[] {
  if (family === "podman") {
    // Podman counts each name, also a tag and a digest of one repository. Only its list tells digests that are names, which come
    // first, from those that it works out for a tag; an inspection shows both alike.
    const names = [...tags.slice(0, 1), ...image.digests.filter((name) => current.digests.includes(name))];
    return names.slice(1);
  }
  const [lastName] = [...current.tags, ...current.digests];
  return current.digests.filter((digest) => lastName !== digest && !goesWith(digest, lastName ?? ""));
}

/**
 * Whether the engine counts this digest and that name as one, and takes both with the image (moby
 * daemon/containerd/image_delete.go): the same repository, and no other tag.
 */
function goesWith(digest: string, name: string): boolean {
  const tags = [digest, name].flatMap((each) => (each.includes("@") ? (pinnedTagOf(each) ?? []) : each));
  const repositories = new Set([digest, name].map(repositoryOfName));
  return repositories.size === 1 && new Set(tags.map((tag) => canonicalNameOf(tag) ?? tag)).size <= 1;
}
