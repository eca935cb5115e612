import type { LayerTree } from "./layer-tree.js";

/** What each layer counts for, by the index of its node. */
export interface LayerBytes {
  readonly bytes: readonly number[];
  /** False where it, or a layer below it, may be off by what could not be found out. */
  readonly exact: readonly boolean[];
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
export function boundedBytes({ nodes, placed }: LayerTree): LayerBytes {
  const least = new Float64Array(nodes.length);
  const most = new Float64Array(nodes.length).fill(Infinity);
  for (const { image, top } of placed) {
    if (top === null) continue;
    least[top.index] = Math.max(at(least, top.index), image.sizeBytes);
    most[top.index] = Math.min(at(most, top.index), image.sizeBytes);
  }
  for (const { index, below, bytes } of nodes.toReversed()) {
    if (below === null) continue;
    most[below.index] = Math.min(at(most, below.index), at(most, index) - (bytes ?? 0));
    if (bytes !== null) least[below.index] = Math.max(at(least, below.index), at(least, index) - bytes);
  }
  for (const { index, below, bytes } of nodes) {
    const [leastBelow, mostBelow] = below === null ? [0, 0] : [at(least, below.index), at(most, below.index)];
    least[index] = Math.max(at(least, index), leastBelow + (bytes ?? 0));
    if (bytes !== null) most[index] = Math.min(at(most, index), mostBelow + bytes);
  }
  const exact: boolean[] = [];
  for (const { index, below, branches } of nodes) {
    const gap = at(most, index) - at(least, index);
    exact.push((below === null || exact[below.index] === true) && (gap === 0 || (gap > 0 && branches < 2)));
  }
  const bytes = nodes.map(({ index, below }) =>
    Math.max(0, at(most, index) - (below === null ? 0 : Math.max(0, at(most, below.index)))),
  );
  return { bytes, exact };
}

/**
 * The bytes of each layer in a store that keeps more for an image than its unpacked layers, and counts it in the size:
 * compressed content (containerd), configuration and manifests (Podman). Of these the API tells only the sum for each
 * image. So a layer is taken to have as much besides as the leanest of its images has for each byte of its layers.
 */
export function estimatedBytes({ nodes, placed }: LayerTree): LayerBytes {
  const sums = new Float64Array(nodes.length);
  for (const { index, below, bytes } of nodes) {
    sums[index] = (bytes ?? 0) + (below === null ? 0 : at(sums, below.index));
  }
  const factors = new Float64Array(nodes.length).fill(Infinity);
  for (const { image, top } of placed) {
    if (top === null) continue;
    const sum = at(sums, top.index);
    const factor = sum === 0 ? 1 : image.sizeBytes / sum;
    factors[top.index] = Math.min(at(factors, top.index), factor);
  }
  for (const { index, below } of nodes.toReversed()) {
    if (below !== null) factors[below.index] = Math.min(at(factors, below.index), at(factors, index));
  }
  return {
    bytes: nodes.map(({ index, bytes }) => Math.floor((bytes ?? 0) * at(factors, index))),
    exact: nodes.map(() => false),
  };
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
