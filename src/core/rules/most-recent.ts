import { append } from "../text/append.js";
import type { ImageFacts } from "../facts/image-facts.js";
import type { ImageId, ManifestDigest } from "../image/image.js";
import { shownTags } from "../image/shown-names.js";
import { ancestorsOf, type RankedImage } from "../facts/order.js";
import { repositoryOfName } from "../image/reference.js";

/**
 * The most recently used of these images, this many. `order` is the order of removal. A parent that is only as recent as
 * its child does not take a place of its own: it stays with the child. Nor does another ID of the same image, above the same
 * manifest (see same-images.ts).
 */
export function mostRecentlyUsed(
  order: readonly RankedImage[],
  count: number,
  present: ReadonlyMap<ImageId, ImageFacts>,
): Set<ImageId> {
  const recent = new Set<ImageId>();
  if (count === 0) return recent;
  const standing = new Set<ImageId>();
  const manifests = new Set<ManifestDigest>();
  let places = count;
  const byUse = order
    .toReversed()
    .sort((first, second) => second.lastUsedAt - first.lastUsedAt || second.depth - first.depth);
  for (const { facts } of byUse) {
    const isSame = facts.image.manifests?.some((manifest) => manifests.has(manifest)) === true;
    if (standing.has(facts.image.id) || (places === 0 && !isSame)) continue;
    recent.add(facts.image.id);
    if (!isSame) places -= 1;
    for (const manifest of facts.image.manifests ?? []) manifests.add(manifest);
    for (const { image } of ancestorsOf(facts, present)) standing.add(image.id);
  }
  return recent;
}

/**
 * The most recently used images of every repository, this many of each. Several tags of one image in a repository are
 * one version, and take one place: else `latest` beside `v3` would cost the version to go back to.
 */
export function newestOfRepositories(
  order: readonly RankedImage[],
  count: number,
  present: ReadonlyMap<ImageId, ImageFacts>,
): Set<ImageId> {
  const newest = new Set<ImageId>();
  if (count === 0) return newest;
  const byRepository = new Map<string, RankedImage[]>();
  for (const ranked of order)
    for (const repository of taggedRepositoriesOf(ranked)) append(byRepository, repository, ranked);
  for (const images of byRepository.values()) {
    for (const id of mostRecentlyUsed(images, count, present)) newest.add(id);
  }
  return newest;
}

function taggedRepositoriesOf({ facts }: RankedImage): Set<string> {
  return new Set(shownTags(facts.image).flatMap((name) => repositoryOfName(name) ?? []));
}
