import type { Image, ImageId } from "../../core/image/image.js";
import { layersOfAll } from "../../core/layers/image-layers.js";
import type { LayerRecord } from "../../core/layers/layer-record.js";
import type { ImageLayers } from "../../core/layers/layer-scene.js";
import { learnSharing } from "../../core/layers/learn-sharing.js";
import type { OtherBytes } from "../../engine/port.js";
import type { AccountChange } from "./measure.js";
import type { Execution } from "./removal.js";

/** What removals have shown of content that could not be read. */
export interface ContentCorrection {
  /** Of the images that are left. */
  readonly record: LayerRecord;
  /** What those have together by that. */
  readonly leftBytes: number;
  /** What the account lost of images. */
  readonly freedBytes: number;
  readonly layersOf: (image: Image) => ImageLayers;
}

/** What a container has besides what it has written: names of hosts, mount points. */
const mostBesides = 64 * 1024;

/** Null where nothing had to be estimated, or the account does not tell. */
export function learnContent(
  change: AccountChange | null,
  images: ReadonlyMap<ImageId, Image>,
  before: LayerRecord,
  { finished, listing, record }: Execution,
): ContentCorrection | null {
  const left = listing.images;
  const isUnread = [...before.images.values()].some(({ content }) => content?.blobs === null);
  // Of what has come meanwhile nobody knows what it shares.
  const hasCome = [...left.keys()].some((id) => !images.has(id));
  const othersBefore = sumOf(change?.before.others);
  const othersAfter = sumOf(change?.after.others);
  if (change === null || othersBefore === null || othersAfter === null || !isUnread || hasCome) return null;
  const removed = new Set(
    finished.flatMap(({ outcome, imageId }) => (outcome === "removed" ? [imageId] : [])),
  );
  const isAlone = [...images.keys()].every((id) => left.has(id) || removed.has(id));
  const besides = record.containers.size * mostBesides;
  const mostBytes = change.after.bytes;
  const freedBytes = change.before.bytes - othersBefore - (mostBytes - othersAfter);
  const { shown, leftBytes } = learnSharing(images, left, before, {
    freedBytes: isAlone ? freedBytes : null,
    leastBytes: mostBytes - othersAfter - besides,
    mostBytes,
  });
  const layers = { ...record.layers, shown };
  return { record: layers, leftBytes, freedBytes, layersOf: layersOfAll(left, layers, "layers-and-content") };
}

function sumOf(others: OtherBytes | null | undefined): number | null {
  return others == null ? null : others.containers + others.buildCache;
}
