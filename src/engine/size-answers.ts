import type { HistoryEntry } from "../core/layer-sizes.js";
import {
  asArray,
  asObject,
  integerIn,
  optionalBytesIn,
  optionalTextIn,
  textsIn,
  unexpected,
  type Json,
} from "./fields.js";
import type { ImageDetails } from "./port.js";

/** `GET /images/{name}/json`: null where it does not tell of what the image consists. */
export function parseDetails(details: unknown): ImageDetails | null {
  const fields = asObject(details, "image");
  const rootFilesystem = asObject(fields["RootFS"] ?? {}, "image.RootFS");
  const metadata = asObject(fields["Metadata"] ?? {}, "image.Metadata");
  const sizeBytes = optionalBytesIn(fields, "Size", "image");
  if (fields["RootFS"] == null && sizeBytes !== 0) return null;
  return {
    sizeBytes,
    diffIds: textsIn(rootFilesystem, "Layers", "image.RootFS"),
    folder: folderIn(fields),
    taggedAt: taggedAt(optionalTextIn(metadata, "LastTagTime", "image.Metadata")),
  };
}

/** What the overlay drivers say; the others leave it out, and the containerd store does. */
function folderIn(fields: Json): string | null {
  const driver = asObject(fields["GraphDriver"] ?? {}, "image.GraphDriver");
  const data = asObject(driver["Data"] ?? {}, "image.GraphDriver.Data");
  const folder = optionalTextIn(data, "UpperDir", "image.GraphDriver.Data");
  return folder.startsWith("/") ? folder : null;
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
  const usage = asObject(fields["ImageUsage"] ?? {}, "usage.ImageUsage");
  if (fields["LayersSize"] !== undefined) return bytesIn(fields, "LayersSize", "usage");
  return usage["TotalSize"] === undefined ? 0 : bytesIn(usage, "TotalSize", "usage.ImageUsage");
}

function bytesIn(object: Json, field: string, where: string): number {
  const bytes = integerIn(object, field, where);
  if (bytes < 0) throw unexpected(bytes, `${where}.${field}`, "a number of bytes");
  return bytes;
}
