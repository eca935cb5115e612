import { shortId, toImageId, type Image } from "../../core/image/image.js";
import { shownTags } from "../../core/image/shown-names.js";
import { repositoryOfName } from "../../core/image/reference.js";

/**
 * The name that a person knows an image by, on one line: `app:1 +2` for an image with two more tags,
 * `app@sha256:0123456789ab` for one that is named by digest only, `<none> 0123456789ab` for one without any name.
 */
export function imageName(image: Pick<Image, "id" | "tags" | "digests">): string {
  const [tag, ...furtherTags] = shownTags(image);
  if (tag !== undefined) return withCount(tag, furtherTags.length);
  const [digest, ...furtherDigests] = image.digests;
  if (digest !== undefined) return withCount(shortDigest(digest), furtherDigests.length);
  return `<none> ${shortId(image.id)}`;
}

/**
 * All that goes by its own when an image goes, a name each, as imageName shows one: its tags, and the digests of repositories
 * in which it has none.
 */
export function namesThatGo(image: Pick<Image, "id" | "tags" | "digests">): readonly string[] {
  const tags = shownTags(image);
  const tagged = new Set(tags.map((tag) => repositoryIn(tag)));
  const digests = image.digests.filter((digest) => !tagged.has(repositoryIn(digest)));
  const names = [...tags, ...digests.map(shortDigest)].filter((name) => name.trim() !== "");
  return names.length === 0 ? [imageName(image)] : [...new Set(names)];
}

/** A name as it is, an ID as docker shows it. */
export function nameOrShortId(nameOrId: string): string {
  const id = toImageId(nameOrId);
  return id === null ? nameOrId : shortId(id);
}

function repositoryIn(name: string): string {
  return repositoryOfName(name) ?? name;
}

function withCount(name: string, further: number): string {
  return further === 0 ? name : `${name} +${further}`;
}

function shortDigest(name: string): string {
  return name.replace(/@([^:@]+):([0-9a-f]{12})[0-9a-f]+$/, "@$1:$2");
}
