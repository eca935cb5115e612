import type { EngineRecord, ImageRecord } from "./checkpoint.js";
import type { ContainerRecord, VanishedImage } from "../image/container-record.js";
import type { ImageId } from "../image/image.js";
import type { LayerRecord } from "../layers/layer-record.js";
import type { Listing } from "../image/listing.js";
import { manifestsIn } from "../image/name-index.js";
import { SameImages, topChainOf } from "./same-images.js";
import type { Use } from "./use.js";

type VanishedImages = EngineRecord["vanished"];

/** Image IDs that are not listed any more, by what they were. */
export function vanishedImages(
  record: EngineRecord,
  listing: Listing,
  containers: EngineRecord["containers"],
): VanishedImages {
  const vanished = new Map<ImageId, VanishedImage>(record.vanished);
  for (const [id, { names, manifests }] of record.images) {
    if (listing.images.has(id)) continue;
    const topChain = topChainOf(id, record);
    vanished.set(id, { topChain, manifests: manifests === null ? null : manifestsIn(manifests), names });
  }
  // An ID that vanished before it was ever listed here is known from a container alone.
  for (const { images, manifest } of containers.values()) {
    if (manifest === null) continue;
    for (const id of images) {
      const known = vanished.get(id);
      if (listing.images.has(id) || known?.manifests?.includes(manifest) === true) continue;
      const { topChain = null, manifests, names = "" } = known ?? {};
      vanished.set(id, { topChain, manifests: [...(manifests ?? []), manifest], names });
    }
  }
  return vanished;
}

/** Those that a container refers to: nobody asks for the others again. */
export function stillReferredTo(
  vanished: VanishedImages,
  listing: Listing,
  containers: Iterable<ContainerRecord>,
): VanishedImages {
  if (vanished.size === 0) return vanished;
  const kept = new Map<ImageId, VanishedImage>();
  for (const { images, mounts } of containers) {
    for (const id of [...images, ...[...mounts.values()].flat()]) {
      const known = listing.images.has(id) ? undefined : vanished.get(id);
      if (known !== undefined) kept.set(id, known);
    }
  }
  return kept;
}

/** A use of an image whose ID has vanished; the clocks at it where they are known. */
export interface InheritedUse extends Use {
  readonly clocks: Pick<ImageRecord, "observedMsAtLastUse" | "awakeMsAtLastUse"> | null;
}

/**
 * The uses of vanished IDs, credited to the images that have their manifests or layers now: those of this window, and the last
 * ones that the ledger had. `names` has what vanished IDs were called in this window.
 */
export function inheritedUses(
  record: EngineRecord,
  listing: Listing,
  seen: {
    readonly uses: ReadonlyMap<ImageId, Use>;
    readonly names: ReadonlyMap<ImageId, ReadonlySet<string>>;
    readonly vanished: VanishedImages;
    /** Those of the listed images. */
    readonly layers: LayerRecord;
  },
): readonly (readonly [ImageId, InheritedUse])[] {
  const known = { images: noImages, vanished: seen.vanished, names: record.names, layers: seen.layers };
  const same = new SameImages(listing, known);
  const inherited: (readonly [ImageId, InheritedUse])[] = [];
  if (!same.isNeeded) return inherited;
  const credit = (id: ImageId, use: InheritedUse, names: Iterable<string>) => {
    for (const image of same.usedBy(id, { manifest: null, names: [...names] })) inherited.push([image, use]);
  };
  for (const [id, use] of seen.uses) {
    if (!listing.images.has(id)) credit(id, { ...use, clocks: null }, seen.names.get(id) ?? []);
  }
  for (const [id, last] of record.images) {
    if (!listing.images.has(id)) credit(id, lastUseOf(last), []);
  }
  return inherited;
}

const noImages: ReadonlyMap<ImageId, ImageRecord> = new Map();

function lastUseOf({ lastUsedAt, lastUseKind, lastUseBy, ...clocks }: ImageRecord): InheritedUse {
  return { at: lastUsedAt, kind: lastUseKind, by: lastUseBy, clocks };
}
