import type { Image } from "./image.js";
import { canonicalNameOf, familiarRepositoryOf, parseReference, repositoryOf } from "./reference.js";

/** All that an image can be called by. */
export interface ImageNames {
  /** Canonical names (see reference.ts), those with tag and those with digest. */
  readonly canonical: readonly string[];
  /** Familiar and full names with tag: `redis:7`, `docker.io/library/redis:7`. */
  readonly tagged: readonly string[];
  /** Familiar and full names of the tags that are `latest`, without it. */
  readonly latest: readonly string[];
  /** Familiar and full names with digest. */
  readonly digested: readonly string[];
  /** `sha256:…` of the names with digest. */
  readonly digests: readonly string[];
}

const known = new WeakMap<Image, ImageNames>();

/** Worked out once for every image, however many rules ask. */
export function namesOf(image: Image): ImageNames {
  const names = known.get(image) ?? workOutNames(image);
  known.set(image, names);
  return names;
}

const latestTag = ":latest";

function workOutNames(image: Image): ImageNames {
  const tags = image.tags.map((name) => spellingsOf(name));
  const digests = image.digests.map((name) => spellingsOf(name));
  const tagged = tags.flatMap(({ familiar, full }) => [...new Set([familiar, full])]);
  return {
    canonical: [...tags, ...digests].map(({ full }) => full),
    tagged,
    latest: tagged.filter((name) => name.endsWith(latestTag)).map((name) => name.slice(0, -latestTag.length)),
    digested: digests.flatMap(({ familiar, full }) => [...new Set([familiar, full])]),
    digests: image.digests.map((name) => name.slice(name.indexOf("@") + 1)),
  };
}

/** What the grammar does not know keeps the one spelling that the engine lists. */
function spellingsOf(listed: string): { familiar: string; full: string } {
  const reference = parseReference(listed);
  const full = canonicalNameOf(listed);
  if (reference === null || full === null) return { familiar: listed, full: listed };
  return { familiar: familiarRepositoryOf(reference) + full.slice(repositoryOf(reference).length), full };
}
