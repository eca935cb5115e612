import type { Image, ImageId } from "../image/image.js";
import { unknownSharing } from "./content-estimate.js";
import { layersOfAll } from "./image-layers.js";
import type { LayerRecord, ShownContent } from "./layer-record.js";
import { LayerSet } from "./layer-set.js";

/** What an engine's account says of a removal of images whose content could not be read. In bytes. */
export interface AccountChange {
  /** What it lost of images; null where others removed some as well. */
  readonly freedBytes: number | null;
  /** What the images that are left have at least, and at most: the account may hold more than images. */
  readonly leastBytes: number;
  readonly mostBytes: number;
}

export interface LearnedContent {
  readonly shown: ShownContent;
  /** What the images that are left have by that. */
  readonly leftBytes: number;
}

/** Halvings: of a store of a terabyte a kilobyte is left. */
const rounds = 30;

/** What else goes on in an engine meanwhile, as a log that grows, is no sign of what images share. */
const tolerance = { share: 0.01, bytes: 1024 * 1024 } as const;

/**
 * What the images of a containerd store share, as the change of the engine's account tells. Removals free what the images have,
 * which is known, less what others share with them: so what came free tells how much that is, and where nothing but images is in
 * the account, its height tells the same of all that are left. What did not come free, though by what each image has it cannot be
 * shared, stays with the images as a whole.
 *
 * @param images all that there were
 * @param left those that there are now
 * @param record of what there was
 */
export function learnSharing(
  images: ReadonlyMap<ImageId, Image>,
  left: ReadonlyMap<ImageId, unknown>,
  record: LayerRecord,
  { freedBytes, leastBytes, mostBytes }: AccountChange,
): LearnedContent {
  const bytesWith = (sharing: number) => bytesOf(images, left, record, sharing);
  const freedWith = (sharing: number) => bytesWith(sharing).freed;
  const leftWith = (sharing: number) => bytesWith(sharing).left;
  let { sharing, unknownBytes } = record.shown ?? { sharing: unknownSharing, unknownBytes: 0 };
  if (freedBytes !== null) {
    const shown = whereFalling(freedWith, freedBytes);
    const allowed = Math.max(tolerance.bytes, freedBytes * tolerance.share);
    if (Math.abs(freedWith(shown) - freedBytes) <= allowed) sharing = shown;
    // What is not of images may hold it, and then no image does.
    else unknownBytes += Math.max(0, freedWith(sharing) - freedBytes - (mostBytes - leastBytes));
  }
  unknownBytes = Math.max(0, Math.min(unknownBytes, mostBytes - leftWith(sharing)));
  const leftBytes = leftWith(sharing);
  const bound = Math.min(mostBytes, Math.max(leastBytes - unknownBytes, leftBytes));
  if (bound !== leftBytes) sharing = whereFalling(leftWith, bound);
  return {
    shown: { sharing, unknownBytes },
    leftBytes: Math.min(mostBytes, leftWith(sharing) + unknownBytes),
  };
}

function bytesOf(
  images: ReadonlyMap<ImageId, Image>,
  left: ReadonlyMap<ImageId, unknown>,
  record: LayerRecord,
  sharing: number,
): { readonly freed: number; readonly left: number } {
  const shown = { sharing, unknownBytes: 0 };
  const layersOf = layersOfAll(images, { ...record, shown }, "layers-and-content");
  const set = new LayerSet();
  const going = [];
  for (const image of images.values()) {
    const { topLayer } = layersOf(image);
    set.add(topLayer);
    if (!left.has(image.id)) going.push(topLayer);
  }
  const freed = going.reduce((sum, topLayer) => sum + set.remove(topLayer), 0);
  return { freed, left: set.totalBytes };
}

/** Where between 0 and 1 something that falls comes to a value; at the nearer end where it never does. */
function whereFalling(bytesAt: (place: number) => number, bytes: number): number {
  let [low, high] = [0, 1];
  if (bytesAt(low) <= bytes) return low;
  if (bytesAt(high) >= bytes) return high;
  for (let round = 0; round < rounds; round += 1) {
    const middle = (low + high) / 2;
    if (bytesAt(middle) > bytes) low = middle;
    else high = middle;
  }
  return high;
}
