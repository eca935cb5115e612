import type { Image } from "../image/image.js";
import { namesOf, shownTags } from "../image/shown-names.js";
import { canonicalNamesOf } from "../image/listing.js";
import { canonicalNameOf, parseReference, repositoryOf, shortNameOf } from "../image/reference.js";

/** An image with what is known of it. */
export interface OfImage {
  readonly image: Image;
}

/**
 * The image of a name (familiar or full; without a tag, `latest`), of a digest, or of an ID or the beginning of one, as the
 * engine itself takes it: a name before an ID, however short. Several where the word leaves open which.
 */
export function findImages<Subject extends OfImage>(word: string, images: readonly Subject[]): Subject[] {
  const name = word.startsWith("sha256:") ? null : canonicalNameOf(word);
  if (name !== null) {
    const short = shortNameOf(word);
    const local = images.find(({ image }) => short !== null && namesOf(image).short.includes(short));
    if (local !== undefined) return [local];
    const own = images.find(({ image }) => canonicalNamesOf(image).includes(name));
    if (own !== undefined) return [own];
    // A tag that is shown beside a digest is the name of several images after several updates.
    const shown = images.filter(({ image }) => namesOf(image).canonical.includes(name));
    if (shown.length > 0) return shown;
  }
  const digits = /^(?:sha256:)?([0-9a-f]{1,64})$/.exec(word.toLowerCase())?.[1];
  return digits === undefined ? [] : images.filter((facts) => hasDigits(facts, `sha256:${digits}`));
}

function hasDigits({ image }: OfImage, beginning: string): boolean {
  return image.id.startsWith(beginning) || namesOf(image).digests.includes(beginning);
}

/** Tags that exist where another one was asked for. */
export function relatedNames(word: string, images: readonly OfImage[]): string[] {
  const asked = parseReference(word);
  if (asked === null) return [];
  const repository = repositoryOf(asked);
  return images
    .flatMap(({ image }) => shownTags(image))
    .filter((tag) => {
      const reference = parseReference(tag);
      return reference !== null && repositoryOf(reference) === repository;
    })
    .sort();
}
