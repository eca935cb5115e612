import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { writeTar } from "./tar.js";

/** A layer as it is in a registry: its tar, and that packed. */
export interface OciLayer {
  /** Digest of the tar. */
  readonly diffId: string;
  readonly blob: OciBlob;
}

export interface OciBlob {
  readonly mediaType: string;
  readonly digest: string;
  readonly content: Buffer;
}

/** An image, or an index of several with all that lies below it. */
export interface OciImage {
  /** What a containerd store calls it: the digest of its manifest or index. */
  readonly id: string;
  readonly root: OciBlob;
  /** Its other blobs: manifests, configurations, layers. */
  readonly blobs: readonly OciBlob[];
}

export interface Platform {
  readonly architecture: string;
  readonly os: string;
}

const created = "2024-01-01T00:00:00Z";
const types = {
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  config: "application/vnd.oci.image.config.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
} as const;

/** A layer with one file, gzipped. */
export function gzippedLayer(file: string, content: Buffer): OciLayer {
  const tar = writeTar([{ name: file, content }]);
  return { diffId: digestOf(tar), blob: blobOf(types.layer, gzipSync(tar, { level: 1 })) };
}

/** @param seed makes its configuration unlike others' */
export function ociImage(
  layers: readonly OciLayer[],
  seed: string,
  platform: Platform = hostPlatform,
): OciImage {
  const config = jsonBlob(types.config, {
    ...platform,
    created,
    author: seed,
    config: { Cmd: ["/bin/true"] },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, index) => ({ created, created_by: `layer ${index}` })),
  });
  const root = jsonBlob(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptorOf(config),
    layers: layers.map(({ blob }) => descriptorOf(blob)),
  });
  return { id: root.digest, root, blobs: [config, ...layers.map(({ blob }) => blob)] };
}

/** What BuildKit puts beside an image to tell with which others it was built. */
export function attestation(statement: unknown, predicate: string): OciImage {
  const type = "application/vnd.in-toto+json";
  const layer = jsonBlob(type, statement);
  const config = jsonBlob(types.config, { architecture: "unknown", os: "unknown" });
  const annotations = { "in-toto.io/predicate-type": predicate };
  const root = jsonBlob(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptorOf(config),
    layers: [{ ...descriptorOf(layer), annotations }],
  });
  return { id: root.digest, root, blobs: [config, layer] };
}

/** Several platforms under one digest. */
export function ociIndex(
  images: readonly { readonly image: OciImage; readonly platform: Platform }[],
): OciImage {
  const root = jsonBlob(types.index, {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: images.map(({ image, platform }) => ({ ...descriptorOf(image.root), platform })),
  });
  const blobs = images.flatMap(({ image }) => [image.root, ...image.blobs]);
  return { id: root.digest, root, blobs };
}

/** An archive as `docker load` takes it. Blobs that images share are in it once. */
export function ociArchive(images: readonly { readonly name: string; readonly image: OciImage }[]): Buffer {
  const blobs = new Map(
    images.flatMap(({ image }) => [image.root, ...image.blobs].map((blob) => [blob.digest, blob.content])),
  );
  const index = {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: images.map(({ name, image }) => ({
      ...descriptorOf(image.root),
      annotations: {
        "io.containerd.image.name": name,
        "org.opencontainers.image.ref.name": name.slice(name.lastIndexOf(":") + 1),
      },
    })),
  };
  return writeTar([
    { name: "oci-layout", content: Buffer.from(JSON.stringify({ imageLayoutVersion: "1.0.0" })) },
    { name: "index.json", content: Buffer.from(JSON.stringify(index)) },
    ...[...blobs].map(([digest, content]) => ({ name: `blobs/sha256/${digest.slice(7)}`, content })),
  ]);
}

export const hostPlatform: Platform = {
  architecture: process.arch === "x64" ? "amd64" : process.arch,
  os: "linux",
};

function descriptorOf({ mediaType, digest, content }: OciBlob): object {
  return { mediaType, digest, size: content.length };
}

function jsonBlob(mediaType: string, value: unknown): OciBlob {
  return blobOf(mediaType, Buffer.from(JSON.stringify(value)));
}

export function blobOf(mediaType: string, content: Buffer): OciBlob {
  return { mediaType, digest: digestOf(content), content };
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
