import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeTar } from "./tar.js";

/** What `docker save` would have written for an image. */
export interface DockerArchive {
  /** The ID that a classic image store gives it: the digest of its configuration. */
  readonly id: string;
  readonly tar: Buffer;
}

export interface ArchiveRecipe {
  readonly names: readonly string[];
  /** Bytes of layers that every image with the same `baseLayers` shares. */
  readonly baseLayers: readonly number[];
  /** Bytes of layers of its own. */
  readonly layers: readonly number[];
  /** Makes the image's own layers different from another's; the same seed gives the same image. */
  readonly seed: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface LayerTar {
  readonly diffId: string;
  readonly tar: Buffer;
}

const busyboxPaths = ["/bin/busybox", "/usr/bin/busybox"];
const created = "2024-01-01T00:00:00Z";
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/**
 * An image whose Size is exactly the sum of its layers. Its first layer is /bin/busybox alone, the same for every
 * image, so that containers run; its bytes are taken off the first number given.
 */
export function buildArchive(recipe: ArchiveRecipe): DockerArchive {
  const { id, ...parts } = buildImage(recipe);
  return { id, tar: writeArchive([parts]) };
}

/** Many images in one archive, which an engine loads much faster than one after the other. */
export function buildArchiveOfMany(recipes: readonly ArchiveRecipe[]): Buffer {
  return writeArchive(recipes.map(buildImage));
}

interface ImageParts {
  readonly names: readonly string[];
  readonly layers: readonly LayerTar[];
  readonly configName: string;
  readonly config: Buffer;
}

function buildImage(recipe: ArchiveRecipe): ImageParts & { readonly id: string } {
  const sizes = [
    ...recipe.baseLayers.map((bytes, index) => ({ bytes, name: `base-${index}`, make: baseLayer })),
    ...recipe.layers.map((bytes, index) => ({ bytes, name: `${recipe.seed}-${index}`, make: paddingLayer })),
  ];
  const layers = [
    busyboxLayer(),
    ...sizes.map(({ bytes, name, make }, index) => make(name, sizeOf(bytes, index))),
  ];
  const config = Buffer.from(JSON.stringify(imageConfig(recipe, layers)));
  const digest = sha256(config);
  return { id: `sha256:${digest}`, names: recipe.names, layers, configName: `${digest}.json`, config };
}

/** Layers that images share are in it once. */
function writeArchive(images: readonly ImageParts[]): Buffer {
  const layers = new Map(images.flatMap((image) => image.layers.map((layer) => [pathOf(layer), layer.tar])));
  const manifest = images.map(({ names, configName, layers: own }) => ({
    Config: configName,
    RepoTags: names.length === 0 ? null : names,
    Layers: own.map(pathOf),
  }));
  return writeTar([
    ...[...layers].map(([name, content]) => ({ name, content })),
    ...images.map(({ configName, config }) => ({ name: configName, content: config })),
    { name: "manifest.json", content: Buffer.from(JSON.stringify(manifest)) },
  ]);
}

function pathOf({ diffId }: LayerTar): string {
  return `${diffId.slice("sha256:".length)}/layer.tar`;
}

function imageConfig({ labels, seed }: ArchiveRecipe, layers: readonly LayerTar[]): unknown {
  return {
    architecture: architectures[process.arch] ?? process.arch,
    os: "linux",
    created,
    author: seed,
    config: {
      Cmd: ["/bin/busybox", "true"],
      ...(Object.keys(labels).length === 0 ? {} : { Labels: labels }),
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, index) => ({ created, created_by: `layer ${index}` })),
  };
}

let busybox: { readonly layer: LayerTar; readonly bytes: number } | undefined;

/** Bytes of the layer that all images share. */
export function busyboxBytes(): number {
  return sharedBusybox().bytes;
}

function busyboxLayer(): LayerTar {
  return sharedBusybox().layer;
}

function sharedBusybox(): { readonly layer: LayerTar; readonly bytes: number } {
  if (busybox === undefined) {
    const path = busyboxPaths.find((candidate) => existsSync(candidate));
    // A practice engine never runs it, so there a stand-in will do.
    const content = path === undefined ? Buffer.alloc(1_000_000) : readFileSync(path);
    const folder = { name: "bin/", content: Buffer.alloc(0), mode: 0o755 };
    const layer = layerOf(writeTar([folder, { name: "bin/busybox", content, mode: 0o755 }]));
    busybox = { layer, bytes: content.length };
  }
  return busybox;
}

function sizeOf(bytes: number, index: number): number {
  const left = index === 0 ? bytes - busyboxBytes() : bytes;
  if (left >= 0) return left;
  throw new Error(`The first layer holds busybox and needs at least ${busyboxBytes()} bytes, not ${bytes}.`);
}

/** Zeros: what counts is their number. The name alone makes the layer unlike others. */
function paddingLayer(name: string, bytes: number): LayerTar {
  const file = sha256(Buffer.from(name)).slice(0, 32);
  return layerOf(writeTar([{ name: file, content: Buffer.alloc(bytes) }]));
}

const baseLayers = new Map<string, LayerTar>();

/** Many images have it, and it is large. */
function baseLayer(name: string, bytes: number): LayerTar {
  const key = `${name} ${bytes}`;
  const layer = baseLayers.get(key) ?? paddingLayer(name, bytes);
  baseLayers.set(key, layer);
  return layer;
}

function layerOf(tar: Buffer): LayerTar {
  return { diffId: `sha256:${sha256(tar)}`, tar };
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
