import type { Image } from "./image.js";
import { parseReference, repositoryOfName } from "./reference.js";

/**
 * The names by which somebody would pull this image again: its tags, and digests of repositories that it has no tag of. That
 * another image has its tag by now counts, though the registry may still have the old one under its digest.
 */
export function pullableNames({ tags, digests }: Image): string[] {
  const named = tags.filter((name) => parseReference(name) !== null);
  const repositories = new Set(named.map(repositoryOfName));
  const others = digests.filter((name) => {
    const repository = repositoryOfName(name);
    return repository !== null && !repositories.has(repository);
  });
  return [...named, ...others];
}

/**
 * The digests under which a registry may have it. In the containerd store its ID is one. Empty for what was never pulled
 * or pushed on a classic store: whatever a registry has under its names is another image.
 */
export function registryDigests({ id, digests, manifests }: Image): ReadonlySet<string> {
  const named = digests.flatMap((name) => parseReference(name)?.digest ?? []);
  return new Set(named.length === 0 ? [] : [...named, id, ...(manifests ?? [])]);
}
