declare const imageIdBrand: unique symbol;
declare const containerIdBrand: unique symbol;

/** Full image ID: `sha256:` and 64 hexadecimal digits. */
export type ImageId = string & { readonly [imageIdBrand]: true };

/** Full container ID: 64 hexadecimal digits. */
export type ContainerId = string & { readonly [containerIdBrand]: true };

/** Digest of the manifest of one platform: `sha256:` and 64 hexadecimal digits. */
export type ManifestDigest = string;

/** An image as the engine lists it. */
export interface Image {
  readonly id: ImageId;
  /** Set by the classic builder and by `docker commit` only; BuildKit leaves it empty. */
  readonly parentId: ImageId | null;
  /** Familiar names with tag, as listed: `app:1`. Never `<none>:<none>`. */
  readonly tags: readonly string[];
  /** Names with digest, as listed: `app@sha256:…`, or `app:1@sha256:…` (see pinnedTagOf). Never `<none>@<none>`. */
  readonly digests: readonly string[];
  /**
   * The same without a registry, where that may mean this image: Podman takes `redis:7` for `localhost/redis:7` before it goes by
   * its list of registries.
   */
  readonly shortNames?: readonly string[];
  /** Tags that a killed run took from it and that are still to be given back: it has them again before it is judged. */
  readonly missingTags?: readonly string[];
  /** The tags that an image without any had last, as the ledger remembers them. */
  readonly lastTags?: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Bytes of all layers, shared ones included. */
  readonly sizeBytes: number;
  /** Build metadata, epoch milliseconds; null where the image has none. It never makes an image old. */
  readonly createdAt: number | null;
  /**
   * Its platforms' manifests in the containerd store, where one ID has several and one manifest lies below several IDs; null
   * where the engine does not tell them. Empty in the other stores, where an ID is one image.
   */
  readonly manifests: readonly ManifestDigest[] | null;
}

/** A container as the engine lists it, in any state. */
export interface Container {
  readonly id: ContainerId;
  readonly name: string;
  /** The image it was created from; null for a container without one. */
  readonly imageId: ImageId | null;
  /** The platform manifest that it uses (API 1.48, containerd store); null where the engine does not tell. */
  readonly manifest: ManifestDigest | null;
  /** Its image as the client wrote it; null where the engine shows an ID, as it does once that name means another image. */
  readonly typedName: string | null;
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`. */
  readonly state: string;
  /** Sources of mounts of type `image`, as the user wrote them. */
  readonly imageMounts: readonly string[];
}

/** A Swarm service, as a manager knows it. */
export interface Service {
  readonly name: string;
  /** References of its specification and of the one that a rollback goes back to: `app:1`, `app:1@sha256:…` */
  readonly images: readonly string[];
}

const imageIdShape = /^sha256:[0-9a-f]{64}$/;
const containerIdShape = /^[0-9a-f]{64}$/;

/** Accepts Docker's `sha256:` form and Podman's bare hexadecimal one; null for anything else. */
export function toImageId(text: string): ImageId | null {
  // Most texts that are asked about are IDs in Docker's form, of which there may be very many.
  if (imageIdShape.test(text)) return text as ImageId;
  return containerIdShape.test(text) ? (`sha256:${text}` as ImageId) : null;
}

export function toContainerId(text: string): ContainerId | null {
  return containerIdShape.test(text) ? (text as ContainerId) : null;
}

/** An image as a client may have written it: null for what is empty, or an ID, which says nothing about a name. */
export function toTypedName(text: string): string | null {
  return text === "" || /^(?:sha256:)?[0-9a-f]{12,64}$/.test(text) ? null : text;
}

/** The 12 digits that docker shows. */
export function shortId(id: ImageId | ContainerId): string {
  return id.replace("sha256:", "").slice(0, 12);
}
