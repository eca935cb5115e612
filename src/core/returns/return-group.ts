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

type GroupsOfRepository = Readonly<Record<TagState, ReturnGroup>>;

/** The groups of many images: one value for each group, and each repository is taken apart once. */
export class ReturnGroups {
  readonly #groups = new Map<string, GroupsOfRepository>();
  /** By the name without tag and digest as it is listed; null for what is no reference. */
  readonly #byName = new Map<string, GroupsOfRepository | null>();

  of({ image, isUntagged }: GroupedImage): ReturnGroup {
    const groups = this.#firstOf(image) ?? this.#groupsOf("");
    return isUntagged ? groups.untagged : groups.tagged;
  }

  #firstOf({ tags, missingTags = [], digests, lastTags = [] }: Image): GroupsOfRepository | null {
    const isNamed = tags.length + missingTags.length + digests.length > 0;
    let first: GroupsOfRepository | null = null;
    for (const names of isNamed ? [tags, missingTags, digests] : [lastTags]) {
      for (const name of names) {
        const groups = this.#groupsByName(name);
        if (groups === null) continue;
        if (first === null || groups.tagged.repository < first.tagged.repository) first = groups;
      }
    }
    return first;
  }

  #groupsByName(name: string): GroupsOfRepository | null {
    const listed = withoutTagAndDigest(name);
    const known = this.#byName.get(listed);
    if (known !== undefined) return known;
    const repository = repositoryOfName(listed);
    const groups = repository === null ? null : this.#groupsOf(repository);
    this.#byName.set(listed, groups);
    return groups;
  }

  #groupsOf(repository: string): GroupsOfRepository {
    const known = this.#groups.get(repository) ?? {
      tagged: { repository, tagState: "tagged" },
      untagged: { repository, tagState: "untagged" },
    };
    this.#groups.set(repository, known);
    return known;
  }
}
