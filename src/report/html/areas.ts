/** A rectangle of an area that is in proportion to its value. */
export interface Area<T> {
  readonly of: T;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Fills a rectangle with areas, each about as wide as high: rows along the shorter side, each taken on as long as that makes its worst
 * shape better. See M. Bruls, K. Huizing, J. van Wijk: Squarified Treemaps, 2000.
 *
 * @param items largest first; what is 0 has no area
 */
export function areasOf<T>(
  items: readonly T[],
  valueOf: (item: T) => number,
  { width, height }: { readonly width: number; readonly height: number },
): Area<T>[] {
  const all = items.filter((item) => valueOf(item) > 0);
  const total = all.reduce((sum, item) => sum + valueOf(item), 0);
  const sized = all.map((of) => ({ of, area: (valueOf(of) / total) * width * height }));
  const areas: Area<T>[] = [];
  let [x, y, w, h] = [0, 0, width, height];
  while (sized.length > 0) {
    // Where all but a speck is taken, rounding may leave nothing.
    const side = Math.max(1e-9, Math.min(w, h));
    let count = 1;
    while (
      count < sized.length &&
      worst(sized.slice(0, count + 1), side) <= worst(sized.slice(0, count), side)
    )
      count += 1;
    const row = sized.splice(0, count);
    const thickness = sumOf(row) / side;
    let along = 0;
    for (const { of, area } of row) {
      const length = area / thickness;
      areas.push(
        w <= h
          ? { of, x: x + along, y, width: length, height: thickness }
          : { of, x, y: y + along, width: thickness, height: length },
      );
      along += length;
    }
    if (w <= h) [y, h] = [y + thickness, h - thickness];
    else [x, w] = [x + thickness, w - thickness];
  }
  return areas;
}

function sumOf(row: readonly { readonly area: number }[]): number {
  return row.reduce((sum, { area }) => sum + area, 0);
}

/** How far the thinnest of a row is from a square. */
function worst(row: readonly { readonly area: number }[], side: number): number {
  const sum = sumOf(row);
  return Math.max(
    ...row.map(({ area }) =>
      Math.max((side * side * area) / (sum * sum), (sum * sum) / (side * side * area)),
    ),
  );
}
