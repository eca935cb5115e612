import { cellWidth, shortenEnd, shortenMiddle } from "./cells.js";
import { hanging } from "./wrap.js";
import { columnGap, columnWidths, type ColumnShape } from "./column-widths.js";
import { span, type Line, type Span } from "./line.js";

export interface Column extends ColumnShape {
  readonly header: string;
  readonly align: "left" | "right";
  /** Which part of a long text gives way; `none` where it goes on below. */
  readonly shorten: "middle" | "end" | "none";
}

const indent = "  ";

/** A header and one line for each row. Every row has one cell for each column. */
export function layOutTable(
  columns: readonly Column[],
  rows: readonly Line[],
  width: number | undefined,
): Line[] {
  const room = width === undefined ? undefined : width - indent.length;
  const all = [columns.map((column) => span(column.header, "faint")), ...rows];
  const natural = columns.map((_, index) => contentWidth(all, index));
  const widths = columnWidths(columns, natural, room);
  return all
    .flatMap((row) => brokenRow(columns, row, widths))
    .map((row) => layOut(columns, shortenRow(columns, row, widths), widths));
}

function contentWidth(rows: readonly Line[], index: number): number {
  return rows.reduce((widest, row) => Math.max(widest, cellWidth(row[index]?.text ?? "")), 0);
}

function shortenRow(columns: readonly Column[], row: Line, widths: readonly (number | null)[]): Span[] {
  return row.map(({ text, tone }, index) => {
    const shorten = columns[index]?.shorten === "middle" ? shortenMiddle : shortenEnd;
    return { text: shorten(text, widths[index] ?? Infinity), tone };
  });
}

/** A line for each that a text which is not shortened takes; of all others, the cells are empty behind the first. */
function brokenRow(columns: readonly Column[], row: Line, widths: readonly (number | null)[]): Line[] {
  const broken = row.map((cell, index) =>
    columns[index]?.shorten === "none" ? linesOf(cell, widths[index] ?? undefined) : [cell],
  );
  const height = Math.max(...broken.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => broken.map((lines) => lines[line] ?? span("")));
}

function linesOf(cell: Span, width: number | undefined): Span[] {
  return hanging(span(""), [cell], width).map((line) => line.at(-1) ?? span(""));
}

function layOut(columns: readonly Column[], row: Line, widths: readonly (number | null)[]): Line {
  const line: Span[] = [];
  // Blanks are written only in front of a text, so that no line ends in them.
  let owed = indent;
  for (const [index, cell] of row.entries()) {
    const width = widths[index];
    if (width == null) continue;
    const padding = " ".repeat(Math.max(width - cellWidth(cell.text), 0));
    const isRight = columns[index]?.align === "right";
    const lead = owed + (isRight ? padding : "");
    owed = (isRight ? "" : padding) + " ".repeat(columnGap);
    if (cell.text === "") owed = lead + owed;
    else line.push(span(lead), cell);
  }
  return line;
}
