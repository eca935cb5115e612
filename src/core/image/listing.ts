import type { Anchor } from "./anchor.js";
import type { Container, ContainerId, Image, ImageId, Service } from "./image.js";
import { NameIndex, type NameLookup } from "./name-index.js";
import { canonicalNameOf, repositoryOfName } from "./reference.js";

/**
 * Why an engine was asked for the list of all its images. `unannounced`: its events do not tell every change; `asked`: a person
 * wants it; `due`: the last one is too old; `unclear`: something happened that events do not explain; `many`: so much changed that
 * the list is cheaper; `count`: it counts other images than it should have.
 */
export type FullListingCause =
  "first-run" | "gap" | "unannounced" | "asked" | "due" | "unclear" | "many" | "count";

/** How the images of an observation are known: all were listed, or those of the checkpoint were carried forward by events. */
export type ListingSource =
  { readonly kind: "carried" } | { readonly kind: "full"; readonly because: FullListingCause };

/** What it takes to carry a listing forward. */
export interface ListingBase {
  /** When all images were last listed; engine time, epoch milliseconds. */
  readonly fullAt: number;
  /** How many images the engine counted then; see EngineDescription. */
  readonly counted: number;
}

/** What the engine listed at the beginning of an observation, with the look-ups that the replay needs. */
export interface Listing {
  readonly images: ReadonlyMap<ImageId, Image>;
  readonly containers: ReadonlyMap<ContainerId, Container>;
  readonly names: NameLookup;
  /** Empty unless the engine is a Swarm manager. */
  readonly services: readonly Service[];
  /** Engine time at which the listing was begun, epoch milliseconds. */
  readonly listedAt: number;
  readonly source: ListingSource;
  /** Null where the images cannot be carried forward from here. */
  readonly base: ListingBase | null;
  /** The engine's last event before the listing was begun; null where there was none, or nobody looked. */
  readonly upTo: Anchor | null;
}

/** What was listed at a checkpoint, of an engine that announces its images; without any where it has to be listed anew. */
export interface ListedImages {
  readonly images: ReadonlyMap<ImageId, Image>;
  /** Null where the images cannot be carried forward from here. */
  readonly base: ListingBase | null;
}

export const nothingListed: ListedImages = { images: new Map(), base: null };

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
    source: { kind: "full", because: "unannounced" },
    base: null,
    upTo: null,
  };
}

/** All names of an image, tags first, in canonical spelling. */
export function canonicalNamesOf(image: Image): string[] {
  return [...image.tags, ...image.digests].flatMap((name) => canonicalNameOf(name) ?? []);
}

/** The repositories that an image has a name in. */
export function repositoriesOf(image: Image): Set<string> {
  return new Set([...image.tags, ...image.digests].flatMap((name) => repositoryOfName(name) ?? []));
}
