import type { HistoryEntry } from "../../core/layers/layer-sizes.js";
import { mostPathCharacters } from "../transport/bounds.js";
import {
  asArray,
  asObject,
  bytesIn,
  integerIn,
  type Json,
  objectIn,
  optionalBytesIn,
  optionalTextIn,
  textsIn,
} from "../transport/fields.js";
import { toImageId } from "../../core/image/image.js";
import { platformsIn } from "./image-answers.js";
import type { ImageDetails, ImageStore, ContentSizes, PlatformSizes } from "../port.js";

/** `GET /images/{name}/json`: null where it does not say what the image consists of. */
export function parseDetails(details: unknown, store: ImageStore["kind"] = "engine"): ImageDetails | null {
  const fields = asObject(details, "image");
  const rootFilesystem = objectIn(fields, "RootFS", "image");
  const metadata = objectIn(fields, "Metadata", "image");
  const sizeBytes = optionalBytesIn(fields, "Size", "image");
  if (fields["RootFS"] == null && sizeBytes !== 0) return null;
  return {
    sizeBytes,
    diffIds: textsIn(rootFilesystem, "Layers", "image.RootFS"),
    folder: folderIn(fields),
    taggedAt: taggedAt(optionalTextIn(metadata, "LastTagTime", "image.Metadata")),
    content: store === "engine" ? null : contentIn(fields),
  };
}

/** Docker 29 counts unpacked layers in the `Size`, as it does in a listing; where it lists manifests, that is not read. */
function contentIn(fields: Json): ContentSizes {
  const manifests = platformsIn(fields, "image").filter((manifest) => manifest["Available"] !== false);
  const described = manifests.find((manifest) => isOf(manifest, fields)) ?? manifests[0];
  if (described === undefined) {
    const contentBytes = optionalBytesIn(fields, "Size", "image") ?? 0;
    return { platform: { digest: null, contentBytes, unpackedBytes: null }, others: [] };
  }
  const others = manifests.filter((manifest) => manifest !== described);
  return { platform: platformIn(described), others: others.map(platformIn) };
}

function isOf(manifest: Json, fields: Json): boolean {
  const data = objectIn(manifest, "ImageData", "image.Manifests");
  const platform = objectIn(data, "Platform", "image.Manifests.ImageData");
  return (
    platform["os"] === fields["Os"] &&
    platform["architecture"] === fields["Architecture"] &&
    (platform["variant"] ?? "") === (fields["Variant"] ?? "")
  );
}

function platformIn(manifest: Json): PlatformSizes {
  const size = objectIn(manifest, "Size", "image.Manifests");
  const data = objectIn(manifest, "ImageData", "image.Manifests");
  const sizes = objectIn(data, "Size", "image.Manifests.ImageData");
  return {
    digest: toImageId(optionalTextIn(manifest, "ID", "image.Manifests")),
    contentBytes: optionalBytesIn(size, "Content", "image.Manifests.Size") ?? 0,
    // What is 0 may be left out.
    unpackedBytes: optionalBytesIn(sizes, "Unpacked", "image.Manifests.ImageData.Size") ?? 0,
  };
}

/** What the overlay drivers say; the others leave it out, and the containerd store does. */
function folderIn(fields: Json): string | null {
  const driver = objectIn(fields, "GraphDriver", "image");
  const data = objectIn(driver, "Data", "image.GraphDriver");
  const folder = optionalTextIn(data, "UpperDir", "image.GraphDriver.Data");
  return folder.startsWith("/") && folder.length <= mostPathCharacters ? folder : null;
}

/** `GET /images/{name}/history`, oldest first. The containerd store answers null for an image without one. */
export function parseHistory(history: unknown): HistoryEntry[] {
  return asArray(history ?? [], "history")
    .map(parseHistoryEntry)
    .reverse();
}

function parseHistoryEntry(entry: unknown, index: number): HistoryEntry {
  const where = `history[${index}]`;
  const fields = asObject(entry, where);
  return {
    bytes: optionalBytesIn(fields, "Size", where) ?? 0,
    createdBy: optionalTextIn(fields, "CreatedBy", where),
  };
}

/** The year 1 stands for never. */
function taggedAt(text: string): number | null {
  const time = Date.parse(text);
  return time > 0 ? time : null;
}

/**
 * `GET /system/df`: the bytes of all images' layers together. API 1.52 says it in another place and may leave out the old
 * one; both leave out what is 0.
 */
export function parseImageBytes(answer: unknown): number {
  const fields = asObject(answer, "usage");
  const usage = objectIn(fields, "ImageUsage", "usage");
  if (fields["LayersSize"] !== undefined) return bytesIn(fields, "LayersSize", "usage");
  return usage["TotalSize"] === undefined ? 0 : bytesIn(usage, "TotalSize", "usage.ImageUsage");
}

/** `GET /system/df?type=container`: what each has written, together. */
export function parseContainerBytes(answer: unknown): number {
  return sumIn(answer, { list: "Containers", size: "SizeRw", usage: "ContainerUsage" });
}

/** `GET /system/df?type=build-cache`: what each record has of its own, together. */
export function parseBuildCacheBytes(answer: unknown): number {
  return sumIn(answer, { list: "BuildCache", size: "Size", usage: "BuildCacheUsage" });
}

/** API 1.52 says the sum itself, and may leave out the list. What is 0 is left out, and -1 could not be found out. */
function sumIn(
  answer: unknown,
  { list, size, usage }: { readonly list: string; readonly size: string; readonly usage: string },
): number {
  const fields = asObject(answer, "usage");
  const usageFields = objectIn(fields, usage, "usage");
  if (usageFields["TotalSize"] !== undefined) return bytesIn(usageFields, "TotalSize", `usage.${usage}`);
  return asArray(fields[list] ?? [], `usage.${list}`).reduce((sum: number, entry, index) => {
    const where = `usage.${list}[${index}]`;
    const element = asObject(entry, where);
    return sum + (element[size] === undefined ? 0 : Math.max(0, integerIn(element, size, where)));
  }, 0);
}
