import type { Image } from "./image.js";
import {
  canonicalName,
  familiarRepositoryOf,
  parseReference,
  pinnedTagOf,
  repositoryOf,
} from "./reference.js";

/** All that an image can be called by. */
export interface MatchableNames {
  /** Canonical names (see reference.ts), those with tag and those with digest. */
  readonly canonical: readonly string[];
  /** See `Image.shortNames`. */
  readonly short: readonly string[];
  /** Familiar, full and short names with tag: `redis:7`, `docker.io/library/redis:7`. */
  readonly tagged: readonly string[];
  /** Familiar and full names of the tags that are `latest`, without it. */
  readonly latest: readonly string[];
  /** Familiar and full names with digest, and those with tag and digest as listed. */
  readonly digested: readonly string[];
  /** `sha256:…` of the names with digest. */
  readonly digests: readonly string[];
}

/** An image's names as the engine gives them. */
export type ListedNames = Pick<Image, "tags" | "digests" | "missingTags">;

/**
 * The tags that `docker images` shows, and those that the image is to have again: that of `app:1@sha256:…`, too. The engine itself takes `app:1` for such an image only
 * together with the digest, so this is for what people say and read, and not for what is asked of the engine.
 */
export function shownTags({ tags, digests, missingTags = [] }: ListedNames): readonly string[] {
  if (missingTags.length === 0 && !digests.some((name) => pinnedTagOf(name) !== null)) return tags;
  return [...new Set([...tags, ...missingTags, ...digests.flatMap((name) => pinnedTagOf(name) ?? [])])];
}

/** All names as people know them: tags first, then those with digest, each without tag. */
export function shownNames(image: ListedNames): readonly string[] {
  const digests = image.digests.map((name) => {
    const tagged = pinnedTagOf(name);
    return tagged === null ? name : tagged.slice(0, tagged.lastIndexOf(":")) + name.slice(tagged.length);
  });
  return [...shownTags(image), ...new Set(digests)];
}

const known = new WeakMap<Image, MatchableNames>();

/** Worked out once for every image, however many rules ask. */
export function namesOf(image: Image): MatchableNames {
  const names = known.get(image) ?? workOutNames(image);
  known.set(image, names);
  return names;
}

const latestTag = ":latest";

function workOutNames(image: Image): MatchableNames {
  // Plain loops: a run with rules works this out for each of very many images.
  const short = image.shortNames ?? none;
  const canonical: string[] = [];
  const tagged: string[] = [];
  for (const name of shownTags(image)) {
    const { familiar, full } = spellingsOf(name);
    canonical.push(full);
    tagged.push(familiar);
    if (full !== familiar) tagged.push(full);
  }
  for (const name of short) if (!name.includes("@")) tagged.push(name);
  const latest: string[] = [];
  for (const name of tagged) if (name.endsWith(latestTag)) latest.push(name.slice(0, -latestTag.length));
  if (image.digests.length === 0) return { short, canonical, tagged, latest, digested: none, digests: none };
  const digests = image.digests.map(spellingsOf);
  return {
    short,
    canonical: [...canonical, ...digests.map(({ full }) => full)],
    tagged,
    latest,
    digested: [...new Set([...digests.flatMap(({ familiar, full }) => [familiar, full]), ...image.digests])],
    digests: image.digests.map((name) => name.slice(name.indexOf("@") + 1)),
  };
}

const none: readonly string[] = [];

/** What the grammar does not know keeps the one spelling that the engine lists. */
function spellingsOf(listed: string): { familiar: string; full: string } {
  const reference = parseReference(listed);
  if (reference === null) return { familiar: listed, full: listed };
  const full = canonicalName(reference);
  return { familiar: familiarRepositoryOf(reference) + full.slice(repositoryOf(reference).length), full };
}
