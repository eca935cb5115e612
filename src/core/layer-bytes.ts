import { none, type LayerTree } from "./layer-tree.js";

/** What each layer of a tree counts for. */
export interface LayerBytes {
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
  if (isAllTold(tree)) return { bytes, exact: new Uint8Array(count).fill(1) };
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
    counted[index] = Math.max(0, at(most, index) - mostBelow);
  }
  return { bytes: counted, exact };
}

/** Whether every layer's bytes are known, and those of each image add up to its size. */
function isAllTold(tree: LayerTree): boolean {
  const sums = sumsOf(tree);
  // A sum with an open layer in it is NaN, which equals nothing.
  return tree.placed.every(({ sizeBytes, top }) => (top === none ? true : sums[top] === sizeBytes));
}

/** The bytes of each layer with all below it. */
function sumsOf({ below, bytes }: Pick<LayerTree, "below" | "bytes">): Float64Array {
  const sums = Float64Array.from(bytes);
  for (let index = 0; index < sums.length; index += 1) {
    const lower = below[index] ?? none;
    if (lower !== none) sums[index] = (sums[index] ?? 0) + (sums[lower] ?? 0);
  }
  return sums;
}

/**
 * The bytes of each layer in a store that keeps more for an image than its unpacked layers, and counts it in the size:
 * compressed content (containerd), configuration and manifests (Podman). Of these the API tells only the sum for each
 * image. So a layer is taken to have as much besides as the leanest of its images has for each byte of its layers.
 */
export function estimatedBytes({ below, bytes, placed }: LayerTree): LayerBytes {
  const count = bytes.length;
  const sized = bytes.map((known) => (Number.isNaN(known) ? 0 : known));
  const sums = sumsOf({ below, bytes: sized });
  const factors = new Float64Array(count).fill(Infinity);
  for (const { sizeBytes, top } of placed) {
    if (top === none) continue;
    const factor = at(sums, top) === 0 ? 1 : sizeBytes / at(sums, top);
    factors[top] = Math.min(at(factors, top), factor);
  }
  for (let index = count - 1; index >= 0; index -= 1) {
    const lower = at(below, index);
    if (lower !== none) factors[lower] = Math.min(at(factors, lower), at(factors, index));
  }
  return {
    bytes: sized.map((known, index) => Math.floor(known * at(factors, index))),
    exact: new Uint8Array(count),
  };
}

function at(values: Float64Array | Int32Array, index: number): number {
  return values[index] ?? 0;
}
