import type { Block, Document, Fact, FactSpacing } from "../documents/document.js";
import { inAscii, spelledInAscii, type Characters } from "../layout/characters.js";
import { respelled } from "../documents/spelled.js";
import { bar } from "../layout/bar.js";
import { cellWidth } from "../layout/cells.js";
import { paintLine, span, type Line } from "../layout/line.js";
import type { Palette } from "../layout/palette.js";
import { noPrefix, type LinePrefix } from "../layout/priority.js";
import { layOutTable } from "../layout/table.js";
import { hanging } from "../layout/wrap.js";

export interface TextOptions {
  /** Columns; undefined where nobody asked for some: then nothing is shortened or broken. */
  readonly width: number | undefined;
  readonly color: Palette;
  /** All by default. */
  readonly characters?: Characters;
  /** What stands in front of each line; nothing by default. */
  readonly prefix?: LinePrefix;
}

const indent = "  ";
const narrowest = 40;
const labelWidths: Readonly<Record<FactSpacing, number>> = { compact: 12, aligned: 13 };
const percentWidths: Readonly<Record<FactSpacing, number>> = { compact: 0, aligned: 3 };
/** A longer cell of a listing pushes what is behind it to the right, and nothing else. */
const widestLinedUp = 24;

/** A document for a person: one string for each line, none wider than the terminal but what must stay whole. */
export function toText(
  document: Document,
  { width: columns, color, characters = "unicode", prefix = noPrefix }: TextOptions,
): string[] {
  const width = usableWidth(columns);
  const isAscii = characters === "ascii";
  const { sections } = isAscii ? respelled(document, spelledInAscii) : document;
  const painted = (block: Block) => {
    const isWhole = block.kind === "script" || block.kind === "listing";
    return linesOf(block, width).map((line) => {
      const painted = paintLine(line, isWhole ? undefined : width, color);
      return prefix(line) + (isAscii ? inAscii(painted) : painted);
    });
  };
  return sections
    .map((section) => section.flatMap(painted))
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

/** The lines of a section whole, not yet painted. */
export function unbroken(blocks: readonly Block[]): Line[] {
  return blocks.flatMap((block) => linesOf(block, undefined));
}

/** A terminal that does not know its width is a pipe, and a tiny one is taken for less tiny. */
function usableWidth(width: number | undefined): number | undefined {
  return width !== undefined && width > 0 ? Math.max(width, narrowest) : undefined;
}

function linesOf(block: Block, width: number | undefined): Line[] {
  switch (block.kind) {
    case "heading":
      return hanging(span(""), block.text, width);
    case "paragraph":
      return hanging(block.lead, block.text, width);
    case "item":
      return hanging(span(indent), block.text, width);
    case "facts":
      return block.facts.flatMap((fact) => factLines(fact, block.spacing, width));
    case "table":
      return layOutTable(block.columns, block.rows, width);
    case "listing":
      return listingLines(block.rows);
    case "note":
      return hanging(span(indent), [span(block.text, "faint")], width);
    case "script":
      return block.lines.map((line) => [span(line)]);
  }
}

/** `  quota     ████████░░ 80%  text`; the bar only where there is a terminal to draw it on. */
function factLines({ label, gauge, text }: Fact, spacing: FactSpacing, width: number | undefined): Line[] {
  const lead = span(`${indent}${label}`.padEnd(labelWidths[spacing]), "faint");
  if (gauge === null) return hanging(lead, text, width);
  const { share, percent, tone } = gauge;
  const figure =
    width === undefined ? `${percent}%  ` : ` ${String(percent).padStart(percentWidths[spacing])}%  `;
  const drawn = width === undefined ? [] : bar(share, width < 60 ? 10 : 20, tone);
  return hanging(lead, [...drawn, span(figure), ...text], width);
}

function listingLines(rows: readonly Line[]): Line[] {
  return rows.map((row) =>
    row.flatMap((cell, index) => {
      if (index === row.length - 1) return [cell];
      const widest = Math.max(...rows.map((each) => cellWidth(each[index]?.text ?? "")));
      const room = Math.min(widest, widestLinedUp) - cellWidth(cell.text);
      return [cell, span(" ".repeat(Math.max(room, 0) + indent.length), cell.tone)];
    }),
  );
}
