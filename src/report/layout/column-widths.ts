/** Ever less demanding widths that a table is fitted with, one after the other. */
const stages = ["preferred", "comfortable", "least"] as const;

type Stage = (typeof stages)[number];

/** How a column takes part in making a table fit. Widths are terminal cells; content may well need less. */
export interface ColumnShape extends Readonly<Record<Stage, number>> {
  /** The column is left out rather than squeeze the table below this stage; null keeps it always. */
  readonly dropBelow: Stage | null;
}

export const columnGap = 2;

/**
 * The width of every column, null for one that is left out. `natural` are the widths that the content wants. Without a
 * `width` every column gets what it wants.
 */
export function columnWidths(
  columns: readonly ColumnShape[],
  natural: readonly number[],
  width: number | undefined,
): (number | null)[] {
  const widths: (number | null)[] = [...natural];
  if (width === undefined) return widths;
  for (const stage of stages) {
    for (const [index, { dropBelow }] of columns.entries()) {
      if (dropBelow === stage && total(floorsOf(stage, columns, widths)) > width) widths[index] = null;
    }
  }
  for (const stage of stages) shave(widths, floorsOf(stage, columns, widths), width);
  return widths;
}

function floorsOf(
  stage: Stage,
  columns: readonly ColumnShape[],
  widths: readonly (number | null)[],
): (number | null)[] {
  return widths.map((width, index) =>
    width === null ? null : Math.min(width, columns[index]?.[stage] ?? width),
  );
}

function total(widths: readonly (number | null)[]): number {
  const shown = widths.filter((width) => width !== null);
  return shown.reduce((sum, width) => sum + width, 0) + columnGap * Math.max(shown.length - 1, 0);
}

/** Takes what is too much from the columns, the last one first: names stand in front, and say most. */
function shave(widths: (number | null)[], floors: readonly (number | null)[], width: number): void {
  for (let index = widths.length - 1; index >= 0; index -= 1) {
    const current = widths[index];
    const floor = floors[index];
    if (current == null || floor == null) continue;
    widths[index] = Math.max(floor, current - Math.max(total(widths) - width, 0));
  }
}
