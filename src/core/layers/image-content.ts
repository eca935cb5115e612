/**
 * What the containerd store keeps for an image: blobs of compressed content, and the unpacked layers of its platforms. Unlike
 * the layers of an image, these come and go while it is there: a platform is pulled, or unpacked for the first container.
 */
export interface ImageContent {
  /** The image's size as listed when this was learned: any change shows in it. */
  readonly listedBytes: number;
  /** Its platforms that are unpacked, that of `LearnedImage.top` first. */
  readonly unpacked: readonly UnpackedPlatform[];
  /** Numbers of all its blobs; null where they could not be read. */
  readonly blobs: BlobsOf<number> | null;
  /** In their place, numbers of what each layer of that platform is unpacked, the lowest first: equal ones have one blob. */
  readonly diffs: readonly number[];
  /** Bytes of the compressed content of that platform, its manifest and configuration included, as the engine tells them. */
  readonly platformBytes: number;
  /** Likewise of all else: other platforms, attestations, the index. */
  readonly otherBytes: number;
}

export interface BlobsOf<Blob> {
  /** Of the layers of `LearnedImage.top`, the lowest first; null for what is not there. */
  readonly ofLayers: readonly (Blob | null)[];
  /** All else: index, manifests, configurations, layers of other platforms. */
  readonly others: readonly Blob[];
}

export interface UnpackedPlatform {
  /** Number of the topmost layer. */
  readonly top: number;
  /** Bytes of that with all below it. */
  readonly bytes: number;
}

/** What lies in the content store under its own digest. */
export interface BlobEntry {
  /** `sha256:…` */
  readonly digest: string;
  readonly bytes: number;
}

/** Such a one, or one that is known by the digest of what it is unpacked, and whose bytes are not. */
export interface KnownBlob extends Omit<BlobEntry, "bytes"> {
  readonly bytes: number | null;
}

/** What is learned of an image's content. */
export interface ContentDetails extends Pick<ImageContent, "listedBytes" | "platformBytes" | "otherBytes"> {
  /** Null where the layers that the engine tells are not unpacked. */
  readonly unpackedBytes: number | null;
  /** Further platforms that are unpacked, and whose layers are known. */
  readonly others: readonly { readonly diffIds: readonly string[]; readonly unpackedBytes: number }[];
  readonly blobs: BlobsOf<BlobEntry> | null;
}

/** Each once, as one blob may be needed in several ways. */
export function blobsIn<Blob>({ ofLayers, others }: BlobsOf<Blob>): ReadonlySet<Blob> {
  return new Set([...ofLayers.filter((blob) => blob !== null), ...others]);
}
