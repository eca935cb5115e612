import type { Container, ContainerId, Image, ImageId, Service } from "./image.js";
import { NameIndex, type NameLookup } from "./name-index.js";
import { canonicalNameOf, parseReference, repositoryOf } from "./reference.js";

/** What the engine listed at the beginning of an observation, with the look-ups that the replay needs. */
export interface Listing {
  readonly images: ReadonlyMap<ImageId, Image>;
  readonly containers: ReadonlyMap<ContainerId, Container>;
  readonly names: NameLookup;
  /** Empty unless the engine is a Swarm manager. */
  readonly services: readonly Service[];
  /** Engine time at which the listing was begun, epoch milliseconds. */
  readonly listedAt: number;
}

export function createListing(
  images: readonly Image[],
  containers: readonly Container[],
  services: readonly Service[],
  listedAt: number,
): Listing {
  const listNames = function* () {
    for (const { id, tags, digests } of images) {
      for (const name of tags) yield [name, id] as const;
      for (const name of digests) yield [name, id] as const;
    }
  };
  return {
    images: new Map(images.map((image) => [image.id, image])),
    containers: new Map(containers.map((container) => [container.id, container])),
    names: new NameIndex(listNames),
    services,
    listedAt,
  };
}

/** All names of an image, tags first, in canonical spelling. */
export function canonicalNamesOf(image: Image): string[] {
  return [...image.tags, ...image.digests].flatMap((name) => canonicalNameOf(name) ?? []);
}

/** The repositories that an image has a name in. */
export function repositoriesOf(image: Image): Set<string> {
  const references = [...image.tags, ...image.digests].map(parseReference);
  return new Set(references.flatMap((reference) => (reference === null ? [] : [repositoryOf(reference)])));
}
