import { append } from "../text/append.js";
import { once } from "../text/once.js";
import type { EngineRecord } from "./checkpoint.js";
import type { ContainerRecord } from "../image/container-record.js";
import type { Image, ImageId, ManifestDigest } from "../image/image.js";
import type { Listing } from "../image/listing.js";
import { manifestsIn, type NameLookup, namesOf } from "../image/name-index.js";
import { canonicalNameOf } from "../image/reference.js";

/** What is known of images: those of the checkpoint, and what vanished ones were. */
export type KnownImages = Pick<EngineRecord, "images" | "vanished" | "names" | "layers">;

/** What tells which image an ID means, where the ID alone does not. */
export interface Clues {
  /** The platform manifest that is used; null where nothing tells. */
  readonly manifest: ManifestDigest | null;
  /** What the image was called, besides what the record has; null where it must have had a name that nobody knows. */
  readonly names: readonly string[] | null;
}

export const noClues: Clues = { manifest: null, names: [] };

/**
 * In the containerd store an image is several IDs: an ID is the digest of an index, and a build of the same thing, also a
 * fully cached one, makes a new index with other provenance above the same platform manifest. The old ID vanishes without an
 * event, also under a running container, and the engine's own look before it deletes compares IDs alone. So what a container
 * uses is found by its manifest; by the layers where the engine does not tell manifests; and where neither is known, by all
 * that its name means or meant. In the other stores an ID is one image, and all of this finds nothing.
 */
export class SameImages {
  readonly #listing: Pick<Listing, "images" | "names">;
  readonly #known: KnownImages;
  readonly #byManifest = once(() => indexOf(this.#listing.images.values()));
  // One image answers for all: a store is of one kind.
  readonly #isNeeded = once(() => [...this.#listing.images.values()].some(maySame));

  constructor(listing: Pick<Listing, "images" | "names">, known: KnownImages) {
    this.#listing = listing;
    this.#known = known;
  }

  /** Whether an image can be several IDs here at all. */
  get isNeeded(): boolean {
    return this.#isNeeded();
  }

  /** The images that something uses which was made from this ID: itself, listed or not, and listed ones that are the same. */
  usedBy(id: ImageId, clues: Clues): readonly ImageId[] {
    const isListed = this.#listing.images.has(id);
    if (!this.isNeeded || (isListed && clues.manifest === null)) return [id];
    const manifests = clues.manifest === null ? this.#manifestsOf(id) : [clues.manifest];
    const same = (manifests ?? []).flatMap((manifest) => this.#byManifest().get(manifest) ?? []);
    const isFound = isListed || same.length > 0;
    return [...new Set([id, ...same, ...(isFound ? [] : this.#otherwise(id, manifests === null, clues))])];
  }

  /** Where manifests do not tell: `all` where none is known of the ID, else those images alone that tell none. */
  #otherwise(id: ImageId, all: boolean, { names }: Clues): readonly ImageId[] {
    const top = topChainOf(id, this.#known);
    const same: ImageId[] = [];
    const doubtful: ImageId[] = [];
    for (const image of this.#listing.images.values()) {
      if (!maySame(image) || !(all || image.manifests === null)) continue;
      const other = topChainOf(image.id, this.#known);
      if (top === null || other === null) doubtful.push(image.id);
      else if (top === other) same.push(image.id);
    }
    if (doubtful.length === 0) return same;
    const recorded = namesOf(this.#of(id)?.names ?? "");
    // Doubt about what a container uses keeps all that it may be.
    if (names === null && recorded.length === 0) return [...same, ...doubtful];
    const meant = this.#meantBy([...(names ?? []), ...recorded]);
    return [...same, ...doubtful.filter((image) => meant.has(image))];
  }

  #meantBy(names: readonly string[]): ReadonlySet<ImageId> {
    const images = new Set<ImageId>();
    for (const name of names.flatMap((each) => canonicalNameOf(each) ?? [])) {
      for (const lookup of [this.#listing.names, this.#known.names] satisfies NameLookup[]) {
        const image = lookup.get(name);
        if (image !== undefined) images.add(image);
      }
    }
    return images;
  }

  #of(id: ImageId): { readonly names: string } | undefined {
    return this.#known.images.get(id) ?? this.#known.vanished.get(id);
  }

  /** Null where nothing was ever reported. */
  #manifestsOf(id: ImageId): readonly ManifestDigest[] | null {
    const known = this.#known.images.get(id);
    if (known !== undefined) return known.manifests === null ? null : manifestsIn(known.manifests);
    return this.#known.vanished.get(id)?.manifests ?? null;
  }
}

/** Chain ID of the topmost layer; null where it is not known. */
export function topChainOf(
  id: ImageId,
  { vanished, layers }: Pick<KnownImages, "vanished" | "layers">,
): string | null {
  const top = layers.images.get(id)?.top ?? null;
  return (top === null ? undefined : layers.layers.get(top)?.chainId) ?? vanished.get(id)?.topChain ?? null;
}

/** The images that a container may use. */
export function imagesOf(
  { images, manifest, typedName }: ContainerRecord,
  same: SameImages,
): readonly ImageId[] {
  const clues = { manifest, names: typedName === null ? null : [typedName] };
  return [...new Set(images.flatMap((id) => same.usedBy(id, clues)))];
}

/** Whether the store is one in which an image can be several IDs. */
export function maySame({ manifests }: Image): boolean {
  return manifests === null || manifests.length > 0;
}

function indexOf(images: Iterable<Image>): ReadonlyMap<ManifestDigest, readonly ImageId[]> {
  const index = new Map<ManifestDigest, ImageId[]>();
  for (const { id, manifests } of images) for (const manifest of manifests ?? []) append(index, manifest, id);
  return index;
}
