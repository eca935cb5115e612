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
 * The names that keep an image which nobody uses from going by its ID, in the order in which they are to go. A tag can be given back
 * where the engine then refuses the image after all, and a digest cannot: so where no digest is lost with the tag, the last name
 * is a digest. `tags`: those by which it is removed. `current`: its names as an inspection shows them now.
 */
export function namesInTheWay(
  { family, digestNames }: Pick<EngineDescription, "family" | "digestNames">,
  image: Image,
  tags: readonly string[],
  current: ListedNames,
): readonly string[] {
  if (family === "podman") {
    // Podman counts each name, also a tag and a digest of one repository. Only its list tells digests that are names, which come
    // first, from those that it works out for a tag; an inspection shows both alike.
    const [lastName, ...digests] = image.digests.filter((name) => current.digests.includes(name));
    return lastName === undefined ? [] : [...tags.slice(0, 1), ...digests];
  }
  const [tag] = current.tags;
  const [lastName = ""] = [...current.tags, ...current.digests];
  const beside = current.digests.filter((digest) => lastName !== digest && !goesWith(digest, lastName));
  const [lastDigest] = beside;
  const isLost =
    digestNames === "from-registry" && current.digests.some((digest) => goesWith(digest, lastName));
  if (tag === undefined || lastDigest === undefined || isLost) return beside;
  return [tag, ...beside.filter((digest) => digest !== lastDigest && !goesWith(digest, lastDigest))];
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
