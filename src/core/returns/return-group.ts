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

/** The groups of many images by numbers from 0 on, two of each repository, which is taken apart once. */
export class ReturnGroups {
  readonly #repositories: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** Of the name without tag and digest as it is listed; null for what is no reference. */
  readonly #byName = new Map<string, number | null>();

  /** How many numbers are given. */
  get count(): number {
    return 2 * this.#repositories.length;
  }

  get(number: number): ReturnGroup {
    const repository = this.#repositories[number >> 1] ?? "";
    return { repository, tagState: number % 2 === 0 ? "tagged" : "untagged" };
  }

  of(grouped: GroupedImage): ReturnGroup {
    return this.get(this.numberOf(grouped));
  }

  number({ repository, tagState }: ReturnGroup): number {
    const tagged = this.#numbers.get(repository) ?? this.count;
    if (tagged === this.count) {
      this.#repositories.push(repository);
      this.#numbers.set(repository, tagged);
    }
    return tagState === "tagged" ? tagged : tagged + 1;
  }

  numberOf({
    image: { tags, missingTags = none, digests, lastTags = none },
    isUntagged,
  }: GroupedImage): number {
    const isNamed = tags.length + missingTags.length + digests.length > 0;
    const first = isNamed
      ? this.#firstOf(digests, this.#firstOf(missingTags, this.#firstOf(tags, null)))
      : this.#firstOf(lastTags, null);
    return (first ?? this.number(nameless)) + Number(isUntagged);
  }

  #firstOf(names: readonly string[], before: number | null): number | null {
    let first = before;
    for (const name of names) {
      const number = this.#numberByName(name);
      if (number === null || number === first) continue;
      if (first === null || this.get(number).repository < this.get(first).repository) first = number;
    }
    return first;
  }

  #numberByName(name: string): number | null {
    const listed = withoutTagAndDigest(name);
    const known = this.#byName.get(listed);
    if (known !== undefined) return known;
    const repository = repositoryOfName(listed);
    const number = repository === null ? null : this.number({ repository, tagState: "tagged" });
    this.#byName.set(listed, number);
    return number;
  }
}

const none: readonly string[] = [];
const nameless: ReturnGroup = { repository: "", tagState: "tagged" };
