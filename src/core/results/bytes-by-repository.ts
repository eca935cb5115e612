import { append } from "../text/append.js";
import type { ImageFacts } from "../facts/image-facts.js";
import { familiarRepositoryIn } from "../image/reference.js";
import { shownTags } from "../image/shown-names.js";
import { LayerSet } from "../layers/layer-set.js";
import { sharedIn } from "./bytes-split.js";

/** What a repository's images have together. An image that is in several repositories counts in each. */
export interface RepositoryBytes {
  /** As docker shows it; null for the images without a tag. */
  readonly repository: string | null;
  readonly images: number;
  /** What they share with each other counts once. */
  readonly bytes: number;
  /** What would go with all of them: what they share with no other image. */
  readonly ownBytes: number;
}

export interface BytesByRepository {
  /** In layers that more than one image has. */
  readonly sharedBytes: number;
  /** Largest first. */
  readonly repositories: readonly RepositoryBytes[];
}

type Sized = Pick<ImageFacts, "image" | "topLayer">;

export function bytesByRepository(facts: readonly Sized[]): BytesByRepository {
  const all = new LayerSet();
  const members = new Map<string | null, Sized[]>();
  for (const each of facts) {
    all.add(each.topLayer);
    for (const repository of repositoriesOf(each.image)) append(members, repository, each);
  }
  // A set has a place for every layer of the plan, so there is not one for each repository.
  const together = new LayerSet();
  const repositories = [...members].map(([repository, images]): RepositoryBytes => {
    const bytes = images.reduce((sum, { topLayer }) => sum + together.add(topLayer), 0);
    const ownBytes = images.reduce((sum, { topLayer }) => sum + all.remove(topLayer), 0);
    for (const { topLayer } of images) {
      together.remove(topLayer);
      all.add(topLayer);
    }
    return { repository, images: images.length, bytes, ownBytes };
  });
  return {
    sharedBytes: sharedIn(all, facts),
    repositories: repositories.sort(
      (one, other) => other.bytes - one.bytes || (one.repository ?? "").localeCompare(other.repository ?? ""),
    ),
  };
}

function repositoriesOf(image: ImageFacts["image"]): ReadonlySet<string | null> {
  const tags = shownTags(image);
  if (tags.length === 0) return new Set([null]);
  return new Set(tags.map(familiarRepositoryIn));
}
