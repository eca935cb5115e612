import { hash } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { codeOf, Failure } from "../../core/text/failure.js";
import type { BlobEntry } from "../../core/layers/image-content.js";
import { toImageId, type ManifestDigest } from "../../core/image/image.js";
import { UnfitFile } from "../../files/open-input.js";
import { readFileNow } from "../../files/read-input.js";
import {
  asArray,
  asObject,
  integerIn,
  textIn,
  textsIn,
  textTableIn,
  type Json,
} from "../transport/fields.js";
import { parseJson } from "../transport/json-text.js";
import { basesIn, predicateType, provenancePrefix } from "./provenance.js";

/** All that lies in the content store for an image. */
export interface StoredContent {
  /** Its index, manifests, configurations and layers, as far as they are there; each as often as it is needed. */
  readonly blobs: readonly BlobEntry[];
  readonly manifests: ReadonlyMap<ManifestDigest, StoredManifest>;
  /** The images that it was built with, as far as a provenance beside it tells. */
  readonly bases: readonly ManifestDigest[];
}

/** The manifest of a platform, or of an attestation. */
export interface StoredManifest {
  readonly config: string;
  /** The lowest first, whether they are there or not. */
  readonly layers: readonly string[];
}

/** A registry takes no larger ones (4 MiB), and nobody has more platforms. */
const limits = { bytes: 4 * 1024 * 1024, reads: 64, depth: 3 } as const;

/**
 * containerd's content store: files that are named by the digest of what they hold, of which manifests tell those that they need.
 * What other programs may write there is taken for what its digest says, or for nothing.
 */
export class ContentStore {
  readonly #folder: string;

  /** @param folder `io.containerd.content.v1.content` */
  constructor(folder: string) {
    this.#folder = join(folder, "blobs", "sha256");
  }

  /** Null where not all of it can be read: then nobody knows what the image shares with others. */
  read(id: ManifestDigest): StoredContent | null {
    const manifests = new Map<ManifestDigest, StoredManifest>();
    const blobs: BlobEntry[] = [];
    const bases: ManifestDigest[] = [];
    let reads = 0;
    const visit = (digest: string, depth: number): void => {
      if (depth > limits.depth || (reads += 1) > limits.reads) throw unreadable(digest);
      const text = this.#readText(digest);
      blobs.push({ digest, bytes: Buffer.byteLength(text) });
      const fields = asObject(parseJson(text, digest), digest);
      // What an index points to and is not there belongs to a platform that nobody pulled.
      for (const child of descriptorsIn(fields, "manifests"))
        if (this.#has(child)) visit(child.digest, depth + 1);
      if (fields["config"] === undefined) return;
      const config = descriptorOf(fields["config"], "config");
      const layers = descriptorsIn(fields, "layers");
      manifests.set(digest, { config: config.digest, layers: layers.map((layer) => layer.digest) });
      blobs.push(...[config, ...layers].filter((blob) => this.#has(blob)));
      bases.push(...this.#basesNamedIn(fields));
    };
    return orNull(() => {
      visit(id, 0);
      return { blobs, manifests, bases };
    });
  }

  /** Digests of the uncompressed layers that a configuration tells, lowest first; null where it cannot be read. */
  readDiffIds(config: string): readonly string[] | null {
    return orNull(() => {
      const fields = asObject(parseJson(this.#readText(config), config), config);
      const rootfs = asObject(fields["rootfs"], "rootfs");
      return textsIn(rootfs, "diff_ids", "rootfs");
    });
  }

  /** By the attestation with this manifest; nothing where it cannot be read, as sizes do not hang on it. */
  #basesNamedIn(manifest: Json): readonly ManifestDigest[] {
    return asArray(manifest["layers"] ?? [], "layers").flatMap((each) => {
      const layer = asObject(each, "layers");
      const notes = textTableIn(layer, "annotations", "layers");
      if (notes[predicateType]?.startsWith(provenancePrefix) !== true) return [];
      const digest = textIn(layer, "digest", "layers");
      return orNull(() => basesIn(parseJson(this.#readText(digest), digest))) ?? [];
    });
  }

  #readText(digest: string): string {
    const content = readFileNow(this.#pathOf(digest), { most: limits.bytes, links: "refused" });
    if (`sha256:${hash("sha256", content, "hex")}` !== digest) throw unreadable(digest);
    return content.toString("utf8");
  }

  #has({ digest, bytes }: BlobEntry): boolean {
    const found = lstatSync(this.#pathOf(digest), { throwIfNoEntry: false });
    return found !== undefined && found.isFile() && found.size === bytes;
  }

  #pathOf(digest: string): string {
    if (toImageId(digest) === null) throw unreadable(digest);
    return join(this.#folder, digest.replace("sha256:", ""));
  }
}

function descriptorsIn(fields: Json, field: string): BlobEntry[] {
  return asArray(fields[field] ?? [], field).map((each) => descriptorOf(each, field));
}

function descriptorOf(value: unknown, where: string): BlobEntry {
  const fields = asObject(value, where);
  return { digest: textIn(fields, "digest", where), bytes: integerIn(fields, "size", where) };
}

function unreadable(digest: string): Failure {
  return new Failure("engine", `The content store's ${digest.slice(0, 80)} cannot be trusted.`);
}

/** The system's errors, what is no file, and what is not as it should be are all the same here. */
export function orNull<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    // Failures and the system's errors have a code.
    if (error instanceof UnfitFile || codeOf(error) !== "") return null;
    throw error;
  }
}
