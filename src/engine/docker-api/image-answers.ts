import type { ContainerId, Image, ImageId, ManifestDigest } from "../../core/image/image.js";
import { isCut } from "../../core/text/known-text.js";
import { toContainerId, toImageId } from "../../core/image/image.js";
import { canonicalNameOf, parseReference, pinnedTagOf, shortNameOf } from "../../core/image/reference.js";
import { cutText } from "../transport/bounds.js";
import { imageIdIn } from "./full-ids.js";
import type { EngineNames, ImageStore } from "../port.js";
import {
  asArray,
  asObject,
  type Json,
  objectIn,
  optionalBytesIn,
  optionalTextIn,
  textIn,
  textsIn,
  textTableIn,
} from "../transport/fields.js";

/** One of the engine's own has an ID for each image; containerd's has several for one, and one for several platforms. */
type StoreKind = ImageStore["kind"];

/** `GET /images/json`, as several shorter lists. An ID that is listed twice (Docker 25 does, per platform) is one image. */
export class ImageReader {
  readonly #store: StoreKind;
  readonly #images = new Map<ImageId, Image>();
  #count = 0;

  constructor(store: StoreKind) {
    this.#store = store;
  }

  read(answer: unknown): void {
    for (const entry of asArray(answer, "images")) {
      const image = parseImage(entry, `images[${this.#count}]`, this.#store);
      this.#count += 1;
      if (isReadOnly(entry)) continue;
      const twin = this.#images.get(image.id);
      this.#images.set(image.id, twin === undefined ? image : mergeNames(twin, image));
    }
  }

  get images(): Image[] {
    return [...this.#images.values()];
  }
}

/** Podman lists the images of additional stores, which it cannot remove: nothing there is this engine's to give or to free. */
function isReadOnly(entry: unknown): boolean {
  return asObject(entry, "images")["ReadOnly"] === true;
}

function parseImage(entry: unknown, where: string, store: StoreKind): Image {
  const fields = asObject(entry, where);
  const id = imageIdIn(textIn(fields, "Id", where), `${where}.Id`);
  return {
    id,
    parentId: parentIn(fields, "ParentId", where),
    ...listedNamesIn(fields, where, id, store),
    labels: cutTable(textTableIn(fields, "Labels", where)),
    // What counts for a limit is the bytes of its layers.
    sizeBytes: optionalBytesIn(fields, "Size", where) ?? 0,
    createdAt: createdAt(fields["Created"]),
    manifests: manifestsIn(fields, where, store),
  };
}

function parentIn(fields: Json, field: string, where: string): ImageId | null {
  const parent = optionalTextIn(fields, field, where);
  return parent === "" ? null : imageIdIn(parent, `${where}.${field}`);
}

/** Labels of build tools run to many kilobytes, and rules go by short ones. */
function cutTable(texts: Image["labels"]): Image["labels"] {
  const entries = Object.entries(texts);
  if (!entries.flat().some(isCut)) return texts;
  return Object.fromEntries(entries.map(([key, text]) => [cutText(key), cutText(text)]));
}

/** `GET /images/{name}/json`: the image as the list shows it. */
export function parseShownImage(answer: unknown, store: StoreKind): Image {
  const fields = asObject(answer, "image");
  const id = imageIdIn(textIn(fields, "Id", "image"), "image.Id");
  const created = Date.parse(optionalTextIn(fields, "Created", "image"));
  return {
    id,
    parentId: parentIn(fields, "Parent", "image"),
    ...listedNamesIn(fields, "image", id, store),
    labels: cutTable(textTableIn(objectIn(fields, "Config", "image"), "Labels", "image.Config")),
    sizeBytes:
      (store === "engine" ? optionalBytesIn(fields, "Size", "image") : bytesOfManifests(fields)) ?? 0,
    createdAt: createdAt(Math.floor(created / 1000)),
    manifests: manifestsIn(fields, "image", store),
  };
}

/** Of all platforms and attestations, packed and unpacked, as the containerd store counts in its list; an inspection has another sum. */
function bytesOfManifests(fields: Json): number {
  return allManifestsIn(fields, "image")
    .map((manifest) => objectIn(manifest, "Size", "image.Manifests"))
    .reduce((sum, size) => sum + (optionalBytesIn(size, "Total", "image.Manifests.Size") ?? 0), 0);
}

/** See `Image.shortNames`. */
export function withShortNames(image: Image): Image {
  const local = [...image.tags, ...image.digests].filter((name) => name.startsWith("localhost/"));
  const shortNames = local.flatMap((name) => shortNameOf(name.slice("localhost/".length)) ?? []);
  return shortNames.length === 0 ? image : { ...image, shortNames };
}

const noManifests: readonly string[] = [];

/** Those of platforms: attestations lie beside them. Null where the engine does not tell (before API 1.47). */
function manifestsIn(fields: Json, where: string, store: StoreKind): readonly ManifestDigest[] | null {
  if (store === "engine") return noManifests;
  if (fields["Manifests"] === undefined || fields["Manifests"] === null) return null;
  return platformsIn(fields, where).flatMap((manifest) => {
    const digest = toImageId(optionalTextIn(manifest, "ID", `${where}.Manifests`));
    return digest ?? [];
  });
}

export function platformsIn(fields: Json, where: string): readonly Json[] {
  return allManifestsIn(fields, where).filter((manifest) => manifest["Kind"] === "image");
}

function allManifestsIn(fields: Json, where: string): readonly Json[] {
  return asArray(fields["Manifests"] ?? [], `${where}.Manifests`).map((manifest) =>
    asObject(manifest, `${where}.Manifests`),
  );
}

function mergeNames(first: Image, second: Image): Image {
  return {
    ...first,
    tags: [...new Set([...first.tags, ...second.tags])],
    digests: [...new Set([...first.digests, ...second.digests])],
  };
}

/**
 * Untagged images are listed as `<none>:<none>`, an empty list or null; a tag list may hold names with digests. The
 * containerd store lists `app:1@sha256:…` among the tags and `app@sha256:…` among the digests, and repeats the first among the
 * digests of an inspection: what a name with both already says is left out.
 */
function namesIn(fields: Json, where: string): Pick<Image, "tags" | "digests"> {
  const [tags, digests]: [string[], string[]] = [[], []];
  for (const field of ["RepoTags", "RepoDigests"]) {
    for (const name of textsIn(fields, field, where).map(cutText)) {
      if (name.includes("<none>")) continue;
      const kind = name.includes("@") ? digests : tags;
      if (!kind.includes(name) && !isBareDigest(name)) kind.push(name);
    }
  }
  const implied = new Set(digests.map((name) => (pinnedTagOf(name) === null ? null : canonicalNameOf(name))));
  return { tags, digests: digests.filter((name) => isSaidOnce(name, implied)) };
}

/**
 * In the containerd store the digest of every name is the image's ID, and an inspection tells that of each repository; the list
 * picks one of them.
 */
function listedNamesIn(
  fields: Json,
  where: string,
  id: ImageId,
  store: StoreKind,
): Pick<Image, "tags" | "digests"> {
  const { tags, digests } = namesIn(fields, where);
  if (store === "engine") return { tags, digests };
  const repositories = tags.flatMap((tag) =>
    parseReference(tag) === null ? [] : tag.slice(0, tag.lastIndexOf(":")),
  );
  const all = new Set([...digests, ...repositories.map((repository) => `${repository}@${id}`)]);
  return { tags, digests: [...all].sort() };
}

function isSaidOnce(name: string, implied: ReadonlySet<string | null>): boolean {
  return implied.size === 0 || pinnedTagOf(name) !== null || !implied.has(canonicalNameOf(name) ?? name);
}

/** The containerd store lists a digest without a name where no platform of the host is present. */
function isBareDigest(name: string): boolean {
  return toImageId(name) !== null;
}

/** Zero, negative (year 1) and absent dates are no dates. */
function createdAt(value: unknown): number | null {
  return typeof value === "number" && value > 0 ? value * 1000 : null;
}

/** `GET /images/{name}/json` */
export function parseEngineNames(answer: unknown, store: StoreKind = "engine"): EngineNames {
  const fields = asObject(answer, "image");
  const id = imageIdIn(textIn(fields, "Id", "image"), "image.Id");
  return {
    id,
    ...listedNamesIn(fields, "image", id, store),
    usedBy: platformsIn(fields, "image").flatMap(usersOf),
  };
}

/** The containers that use a platform's manifest, in any state. */
function usersOf(manifest: Json): readonly ContainerId[] {
  const data = objectIn(manifest, "ImageData", "image.Manifests");
  return textsIn(data, "Containers", "image.Manifests.ImageData").flatMap(
    (text) => toContainerId(text) ?? [],
  );
}

/** `DELETE /images/{name}`: what went. `deleted` holds image IDs and chain IDs of layers alike. */
export function parseRemoval(answer: unknown): { untagged: string[]; deleted: string[] } {
  const untagged: string[] = [];
  const deleted: string[] = [];
  for (const entry of asArray(answer ?? [], "removal")) {
    const fields = asObject(entry, "removal");
    if (fields["Untagged"] !== undefined) untagged.push(textIn(fields, "Untagged", "removal"));
    if (fields["Deleted"] !== undefined) deleted.push(textIn(fields, "Deleted", "removal"));
  }
  return { untagged, deleted };
}
