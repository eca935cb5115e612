import type { Image } from "../image/image.js";
import { shownNames } from "../image/shown-names.js";
import { parseReference, repositoryOf } from "../image/reference.js";

/** Images that have lost their last tag come back far more seldom, so they are counted apart. */
export type TagState = "tagged" | "untagged";

/** The images whose idle times are counted together. */
export interface ReturnGroup {
  /** Canonical; empty for images without a name. */
  readonly repository: string;
  readonly tagState: TagState;
}

const repositories = new WeakMap<Image, string>();

/** Of several repositories the first by its name: engines list the names of an image in no order. */
export function groupOf({
  image,
  isUntagged,
}: {
  readonly image: Image;
  readonly isUntagged: boolean;
}): ReturnGroup {
  const repository = repositories.get(image) ?? firstRepositoryOf(image);
  repositories.set(image, repository);
  return { repository, tagState: isUntagged ? "untagged" : "tagged" };
}

function firstRepositoryOf(image: Image): string {
  const names = shownNames(image);
  const references = (names.length > 0 ? names : (image.lastTags ?? [])).map(parseReference);
  const [first] = references
    .flatMap((reference) => (reference === null ? [] : [repositoryOf(reference)]))
    .sort();
  return first ?? "";
}
