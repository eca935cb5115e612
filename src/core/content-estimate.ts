import { none, type LayerTree } from "./layer-tree.js";

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
  /** By how much that of a layer with all below it may be off, either way. */
  readonly slack: Float64Array;
}

/** Manifest and configuration together: what an image has besides its layers is between these. */
const besides = { least: 400, most: 16 * 1024 } as const;

/**
 * Divides the compressed content of images among their layers. An engine tells exactly what each image has (API 1.47), and
 * what each layer takes unpacked; packed, a layer may be nearly nothing, and is hardly more than unpacked. So what images
 * share is at most what the leanest of them has, and at least what the fattest has beyond the most that its own layers can be.
 * Within these bounds the middle is never off by more than half of what is open.
 *
 * @param unpacked bytes of each layer
 * @param known bounds of single layers, by index
 */
export function estimateContent(
  { below }: Pick<LayerTree, "below">,
  unpacked: Float64Array,
  images: readonly PackedImage[],
  known: ReadonlyMap<number, ContentBounds>,
): EstimatedContent {
  const count = below.length;
  // Of each layer, then of it with all below.
  const [fewest, most] = [new Float64Array(count), new Float64Array(count)];
  const [low, high] = [new Float64Array(count), new Float64Array(count).fill(Infinity)];
  for (let index = 0; index < count; index += 1) {
    const bounds = known.get(index);
    fewest[index] = bounds?.least ?? 0;
    most[index] = bounds?.most ?? mostPacked(at(unpacked, index));
  }
  for (const { top, bytes } of images) {
    if (top === none) continue;
    low[top] = Math.max(at(low, top), bytes - besides.most);
    high[top] = Math.min(at(high, top), Math.max(0, bytes - besides.least));
  }
  for (let index = count - 1; index >= 0; index -= 1) {
    const lower = at(below, index);
    if (lower === none) continue;
    low[lower] = Math.max(at(low, lower), at(low, index) - at(most, index));
    high[lower] = Math.min(at(high, lower), at(high, index) - at(fewest, index));
  }
  const bytes = new Float64Array(count);
  const slack = new Float64Array(count);
  const sums = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const lower = at(below, index);
    const [lowBelow, highBelow, sumBelow] =
      lower === none ? [0, 0, 0] : [at(low, lower), at(high, lower), at(sums, lower)];
    low[index] = Math.max(at(low, index), lowBelow + at(fewest, index));
    high[index] = Math.max(0, Math.min(at(high, index), highBelow + at(most, index)));
    // Contradictions come from layers that are packed worse than any should be.
    low[index] = Math.min(at(low, index), at(high, index));
    slack[index] = (at(high, index) - at(low, index)) / 2;
    sums[index] = Math.max(sumBelow, Math.round(at(low, index) + at(slack, index)));
    bytes[index] = at(sums, index) - sumBelow;
  }
  return { bytes, slack };
}

/** Bytes of a tar archive that holds what a layer takes on the disk; NaN, and no bound, for one that is not unpacked. */
function mostPacked(unpacked: number): number {
  return Number.isNaN(unpacked) ? Infinity : unpacked + unpacked / 64 + 64 * 1024;
}

function at(values: Float64Array | Int32Array, index: number): number {
  return values[index] ?? 0;
}
