import { at, none, type LayerTree } from "./layer-tree.js";

/** An image whose blobs could not be read, on top of its layers. */
export interface PackedImage {
  /** Index of its topmost layer in the tree. */
  readonly top: number;
  /** Compressed content of all its layers, with a manifest and a configuration. */
  readonly bytes: number;
}

/** What is known of the compressed content of a layer. */
export interface ContentBounds {
  readonly least: number;
  readonly most: number;
}

/** Compressed content, layer by layer. */
export interface EstimatedContent {
  readonly bytes: Float64Array;
  /** By how much it may be off, either way. */
  readonly ownSlack: Float64Array;
  /** By how much that of a layer with all below it may be off, either way. */
  readonly slack: Float64Array;
}

/** Manifest and configuration together: what an image has besides its layers is between these. */
const besides = { least: 400, most: 16 * 1024 } as const;

/** In the middle: never off by more than half of what is open. */
export const unknownSharing = 0.5;

/** What one layer shows of another that is packed the same is used again; more rounds bring next to nothing. */
const rounds = 3;

/**
 * Divides the compressed content of images among their layers. An engine reports exactly what each image has (API 1.47), and
 * what each layer takes unpacked; packed, a layer may be nearly nothing, and is hardly more than unpacked. So what images
 * share is at most what the leanest of them has, and at least what the fattest has beyond the most that its own layers can be.
 * Within these bounds the middle is never off by more than half of what is open; where an engine's account has shown more, it is
 * another place between them.
 *
 * @param unpacked bytes of each layer
 * @param known bounds of single layers, by index
 * @param alike layers that are packed the same, by index
 * @param sharing how much images share of what they can: 0 for the least that is possible, 1 for the most
 */
export function estimateContent(
  { below }: Pick<LayerTree, "below">,
  unpacked: Float64Array,
  images: readonly PackedImage[],
  known: ReadonlyMap<number, ContentBounds>,
  alike: Iterable<readonly number[]> = [],
  sharing: number = unknownSharing,
): EstimatedContent {
  const groups = [...alike];
  const single: ContentBounds[] = Array.from(unpacked, (bytes, index) => {
    return known.get(index) ?? { least: 0, most: mostPacked(bytes) };
  });
  for (let round = 1; round < rounds && groups.length > 0; round += 1) {
    const whole = boundsOfAll(below, single, images);
    for (const group of groups) {
      const each = group.map((index) => boundsOfOne(index, below, single, whole));
      const least = Math.max(...each.map((bounds) => bounds.least));
      const most = Math.max(least, Math.min(...each.map((bounds) => bounds.most)));
      for (const index of group) single[index] = { least, most };
    }
  }
  const { low, high } = boundsOfAll(below, single, images);
  const count = below.length;
  const [bytes, ownSlack] = [new Float64Array(count), new Float64Array(count)];
  const [slack, sums] = [new Float64Array(count), new Float64Array(count)];
  const isAlike = new Set(groups.flat());
  // The truth may be at the end that is farther away.
  const farther = Math.max(sharing, 1 - sharing);
  for (let index = 0; index < count; index += 1) {
    const lower = at(below, index);
    const sumBelow = lower === none ? 0 : at(sums, lower);
    const open = at(high, index) - at(low, index);
    slack[index] = open * farther;
    const { least, most } = boundsOfOne(index, below, single, { low, high });
    ownSlack[index] = (most - least) * farther;
    const place = isAlike.has(index)
      ? sumBelow + least + (most - least) * sharing
      : at(low, index) + open * sharing;
    sums[index] = Math.max(sumBelow, Math.min(at(high, index), Math.round(place)));
    bytes[index] = at(sums, index) - sumBelow;
  }
  return { bytes, ownSlack, slack };
}

/** Of each layer with all below it. */
interface BoundsOfAll {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

function boundsOfAll(
  below: Int32Array,
  single: readonly ContentBounds[],
  images: readonly PackedImage[],
): BoundsOfAll {
  const count = below.length;
  const [low, high] = [new Float64Array(count), new Float64Array(count).fill(Infinity)];
  const [least, most] = [
    (index: number) => single[index]?.least ?? 0,
    (index: number) => single[index]?.most ?? 0,
  ];
  for (const { top, bytes } of images) {
    if (top === none) continue;
    low[top] = Math.max(at(low, top), bytes - besides.most);
    high[top] = Math.min(at(high, top), Math.max(0, bytes - besides.least));
  }
  for (let index = count - 1; index >= 0; index -= 1) {
    const lower = at(below, index);
    if (lower === none) continue;
    low[lower] = Math.max(at(low, lower), at(low, index) - most(index));
    high[lower] = Math.min(at(high, lower), at(high, index) - least(index));
  }
  for (let index = 0; index < count; index += 1) {
    const lower = at(below, index);
    const [lowBelow, highBelow] = lower === none ? [0, 0] : [at(low, lower), at(high, lower)];
    low[index] = Math.max(at(low, index), lowBelow + least(index));
    high[index] = Math.max(0, Math.min(at(high, index), highBelow + most(index)));
    // Contradictions come from layers that are packed worse than any should be.
    low[index] = Math.min(at(low, index), at(high, index));
  }
  return { low, high };
}

function boundsOfOne(
  index: number,
  below: Int32Array,
  single: readonly ContentBounds[],
  { low, high }: BoundsOfAll,
): ContentBounds {
  const lower = at(below, index);
  const [lowBelow, highBelow] = lower === none ? [0, 0] : [at(low, lower), at(high, lower)];
  const least = Math.max(single[index]?.least ?? 0, at(low, index) - highBelow);
  return { least, most: Math.max(least, Math.min(single[index]?.most ?? 0, at(high, index) - lowBelow)) };
}

/** Bytes of a tar archive that holds what a layer takes on the disk; NaN, and no bound, for one that is not unpacked. */
function mostPacked(unpacked: number): number {
  return Number.isNaN(unpacked) ? Infinity : unpacked + unpacked / 64 + 64 * 1024;
}
