import type { Image } from "../image/image.js";
import { repositoryOfName, withoutTagAndDigest } from "../image/reference.js";

/** Images that have lost their last tag come back far more seldom, so they are counted apart. */
export type TagState = "tagged" | "untagged";

/** The images whose idle times are counted together. */
export interface ReturnGroup {
  /** Canonical; empty for images without a name. */
  readonly repository: string;
  readonly tagState: TagState;
}

/** What an image's group depends on. */
export interface GroupedImage {
  readonly image: Image;
  readonly isUntagged: boolean;
}

/** The group of one image. Of several repositories the first by its name: engines list the names of an image in no order. */
export function groupOf(grouped: GroupedImage): ReturnGroup {
  return new ReturnGroups().of(grouped);
}

/** The groups of many images: one value for each group, and each repository is taken apart once. */
export class ReturnGroups {
  readonly #groups = new Map<string, Readonly<Record<TagState, ReturnGroup>>>();
  /** By the name without tag and digest as it is listed; null for what is no reference. */
  readonly #repositories = new Map<string, string | null>();

  of({ image, isUntagged }: GroupedImage): ReturnGroup {
    const repository = this.#firstRepositoryOf(image);
    const known = this.#groups.get(repository) ?? {
      tagged: { repository, tagState: "tagged" },
      untagged: { repository, tagState: "untagged" },
    };
    this.#groups.set(repository, known);
    return isUntagged ? known.untagged : known.tagged;
  }

  #firstRepositoryOf({ tags, missingTags = [], digests, lastTags = [] }: Image): string {
    const isNamed = tags.length + missingTags.length + digests.length > 0;
    let first: string | null = null;
    for (const names of isNamed ? [tags, missingTags, digests] : [lastTags]) {
      for (const name of names) {
        const repository = this.#repositoryOf(name);
        if (repository !== null && (first === null || repository < first)) first = repository;
      }
    }
    return first ?? "";
  }

  #repositoryOf(name: string): string | null {
    const listed = withoutTagAndDigest(name);
    const known = this.#repositories.get(listed);
    if (known !== undefined) return known;
    const repository = repositoryOfName(listed);
    this.#repositories.set(listed, repository);
    return repository;
  }
}
