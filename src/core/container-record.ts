import type { ImageId } from "./image.js";
import type { NamesText } from "./name-index.js";

/** Digest of the manifest of one platform: `sha256:` and 64 hexadecimal digits. */
export type ManifestDigest = string;

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
  /** See `LearnedImage`. */
  readonly manifests: readonly ManifestDigest[] | null;
  readonly names: NamesText;
}
