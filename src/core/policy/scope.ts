import { shownTags } from "../image/shown-names.js";
import type { Image } from "../image/image.js";
import type { ImagePattern } from "./image-pattern.js";
import { matchesAny } from "./patterns.js";
import { canonicalNameOf, repositoryOfName } from "../image/reference.js";

/** Whether `--only` takes an image; where it does not, the names that no pattern matches although one matches another name. */
export type Scope =
  { readonly kind: "inside" } | { readonly kind: "outside"; readonly alsoNamed: readonly string[] };

const inside: Scope = { kind: "inside" };
const outside: Scope = { kind: "outside", alsoNamed: [] };

/**
 * An image goes with all its names, so each tag of it has to match one of the patterns; a digest goes with the tags of its
 * repository. What has no tag goes by its digests or the tags that it had last. A pattern that matches the ID is enough: it
 * means this image, whatever it is called.
 */
export function scopeOf(only: readonly ImagePattern[], image: Image): Scope {
  const isMeantBy = (tags: readonly string[], digests: readonly string[]) =>
    matchesAny(only, named(image, { tags, digests }));
  // Most images that are out of scope have nothing that matches.
  if (!matchesAny(only, image) && (image.lastTags ?? []).length === 0) return outside;
  if (isMeantBy([], [])) return inside;
  const ownTags = shownTags(image);
  const tags = ownTags.length > 0 ? ownTags : (image.lastTags ?? []);
  const matchedTags = tags.filter((tag) => isMeantBy([tag], []));
  const matchedDigests = image.digests.filter((digest) => isMeantBy([], [digest]));
  const covered = new Set(matchedDigests.map(repositoryIn));
  const tagged = new Set(tags.map(repositoryIn));
  const alsoNamed = [
    ...tags.filter((tag) => !matchedTags.includes(tag) && !covered.has(repositoryIn(tag))),
    ...image.digests.filter(
      (digest) => !tagged.has(repositoryIn(digest)) && !matchedDigests.includes(digest),
    ),
  ];
  if (matchedTags.length + matchedDigests.length === 0) return outside;
  return alsoNamed.length === 0 ? inside : { kind: "outside", alsoNamed };
}

/** The image as if it had these names alone. */
function named(image: Image, names: Pick<Image, "tags" | "digests">): Image {
  const spelled = new Set([...names.tags, ...names.digests].map(canonicalNameOf));
  const shortNames = (image.shortNames ?? []).filter((short) =>
    spelled.has(canonicalNameOf(`localhost/${short}`)),
  );
  return { ...image, ...names, shortNames, missingTags: [] };
}

/** What is no reference stands for itself. */
function repositoryIn(name: string): string {
  return repositoryOfName(name) ?? name;
}
