import { at, none, sumsOf, type LayerTree } from "./layer-tree.js";

/** What each layer of a tree counts for. */
export interface LayerBytes {
  /** NaN for what is below no image and no platform. */
  readonly bytes: Float64Array;
  /** 0 where it, or a layer below it, may be off by what could not be found out. */
  readonly exact: Uint8Array;
}

/**
 * The bytes of each layer in a store whose image sizes are the sums of their layers. Where a history leaves a layer
 * open, the sizes of the images bound what it and all below it may have together: at least the size of an image that
 * ends further down, at most that of one that ends further up. Each layer then gets as much as it can have, so what
 * images share is never taken for less than it is, and no removal promises more than it frees.
 *
 * An open layer that nothing branches off from does no harm: it goes together with the ones above it, and their sum is
 * known.
 */
export function boundedBytes(tree: LayerTree): LayerBytes {
  const { below, bytes, branches, placed } = tree;
  const count = bytes.length;
  // As it is on nearly every host.
  if (isComplete(tree)) return { bytes, exact: new Uint8Array(count).fill(1) };
  const least = new Float64Array(count);
  const most = new Float64Array(count).fill(Infinity);
  const known = (index: number) => !Number.isNaN(at(bytes, index));
  const sized = (index: number) => (known(index) ? at(bytes, index) : 0);
  for (const { sizeBytes, top } of placed) {
    if (top === none) continue;
    least[top] = Math.max(at(least, top), sizeBytes);
    most[top] = Math.min(at(most, top), sizeBytes);
  }
  for (let index = count - 1; index >= 0; index -= 1) {
    const lower = at(below, index);
    if (lower === none) continue;
    most[lower] = Math.min(at(most, lower), at(most, index) - sized(index));
    if (known(index)) least[lower] = Math.max(at(least, lower), at(least, index) - sized(index));
  }
  const exact = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    const lower = at(below, index);
    const [leastBelow, mostBelow] = lower === none ? [0, 0] : [at(least, lower), at(most, lower)];
    least[index] = Math.max(at(least, index), leastBelow + sized(index));
    if (known(index)) most[index] = Math.min(at(most, index), mostBelow + sized(index));
    const gap = at(most, index) - at(least, index);
    const isCertain = gap === 0 || (gap > 0 && at(branches, index) < 2);
    exact[index] = isCertain && (lower === none || exact[lower] === 1) ? 1 : 0;
  }
  const counted = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const lower = at(below, index);
    const mostBelow = lower === none ? 0 : Math.max(0, at(most, lower));
    // Of layers that nobody has unpacked nothing is known, and nobody asks.
    counted[index] = at(most, index) === Infinity ? NaN : Math.max(0, at(most, index) - mostBelow);
  }
  return { bytes: counted, exact };
}

/** Whether every layer's bytes are known, and those of each image add up to its size. */
function isComplete(tree: LayerTree): boolean {
  const sums = sumsOf(tree);
  // A sum with an open layer in it is NaN, which equals nothing.
  return tree.placed.every(({ sizeBytes, top }) => (top === none ? true : sums[top] === sizeBytes));
}
