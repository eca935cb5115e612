import type { Container, ContainerId, ImageId, ManifestDigest } from "./image.js";
import type { Listing } from "./listing.js";
import type { NameLookup, NamesText } from "./name-index.js";
import { imagesNamed } from "./named-images.js";

/** What the ledger knows of a container that existed at the checkpoint. */
export interface ContainerRecord {
  /**
   * All images that it may have been created from, the one that the engine names first: one where that is certain, none for
   * a container without an image. An ID may have vanished meanwhile.
   */
  readonly images: readonly ImageId[];
  /** The platform manifest that it really uses; null where nothing tells. */
  readonly manifest: ManifestDigest | null;
  /** Its image as the client wrote it: a reference, an ID, or the beginning of one; null where nothing tells. */
  readonly typedName: string | null;
  /** What the reference of each of its image mounts stood for when it was first seen. */
  readonly mounts: ReadonlyMap<string, readonly ImageId[]>;
}

/** What an image was whose ID is not listed any more. */
export interface VanishedImage {
  /** Chain ID of its topmost layer; null where its layers are not known, or it had none. */
  readonly topChain: string | null;
  /** See `Image`; null where nobody could tell. */
  readonly manifests: readonly ManifestDigest[] | null;
  readonly names: NamesText;
}

const noMounts: ContainerRecord["mounts"] = new Map();

/** A container of which only its images are known. */
export function createdFrom(images: readonly ImageId[]): ContainerRecord {
  return { images, manifest: null, typedName: null, mounts: noMounts };
}

/**
 * What is known of a listed container, with what the ledger had: what the references of its mounts stood for when it was first
 * seen holds for as long as it exists. `settled` knows that of one that was seen to be created.
 */
export function recordOf(
  { id, imageId, manifest, typedName, imageMounts }: Container,
  known: { readonly containers: ReadonlyMap<ContainerId, ContainerRecord>; readonly names: NameLookup },
  listing: Listing,
  settled: ContainerRecord["mounts"] = noMounts,
): ContainerRecord {
  const before = known.containers.get(id);
  const imagesCalled = (name: string | null) =>
    name === null ? [] : [...imagesNamed(name, listing, known.names)];
  const mounts = imageMounts.map((reference) => {
    const images = before?.mounts.get(reference) ?? settled.get(reference);
    return [reference, images ?? imagesCalled(reference)] as const;
  });
  return {
    // Where the engine does not tell the image's ID; a container without an image has no name of one, either.
    images: imageId === null ? (before?.images ?? imagesCalled(typedName)) : [imageId],
    manifest: manifest ?? before?.manifest ?? null,
    typedName: before?.typedName ?? typedName,
    mounts: mounts.length === 0 ? noMounts : new Map(mounts),
  };
}
