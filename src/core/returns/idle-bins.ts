const hourMs = 3_600_000;

/**
 * Where one bin of idle times ends and the next begins, in milliseconds. They are narrow around a day, a week and the like,
 * as jobs come back at such distances.
 */
const binEdgesMs = Float64Array.from(
  [1, 3, 6, 12, 20, 23, 25, 28, 40, 60, 100, 160, 176, 320, 720, 1440, 2160],
  (hours) => hours * hourMs,
);

export const binCount = binEdgesMs.length - 1;

/** How many idle times fell into each bin; `binCount` numbers, which halve with time and so are no whole ones. */
export type BinCounts = readonly number[];

/** The bin that an idle time belongs to; the first and the last one also hold what is beyond the edges. */
export function binOf(idleMs: number): number {
  let bin = 0;
  while (bin < binCount - 1 && idleMs >= (binEdgesMs[bin + 1] ?? Infinity)) bin += 1;
  return bin;
}

export function binStart(bin: number): number {
  return binEdgesMs[bin] ?? Infinity;
}

export function binEnd(bin: number): number {
  return binEdgesMs[bin + 1] ?? Infinity;
}
