import { blankLine, paintLine, span, type Line } from "./line.js";
import type { Palette } from "./palette.js";
import { paragraph } from "./paragraph.js";

/** How to show a document to a person. */
export interface ShowOptions {
  /** Columns of the terminal; undefined for a pipe: then nothing is shortened or broken. */
  readonly width: number | undefined;
  readonly color: Palette;
}

const narrowest = 40;
const labelWidth = 13;

/** A terminal that does not know its width is a pipe, and a tiny one is taken for less tiny. */
export function usableWidth(width: number | undefined): number | undefined {
  return width !== undefined && width > 0 ? Math.max(width, narrowest) : undefined;
}

/** Sections with a blank line between them; those that are empty are left out. */
export function joinSections(
  sections: readonly (readonly Line[])[],
  { width, color }: ShowOptions,
): string[] {
  return sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : [blankLine, ...section]))
    .map((line) => paintLine(line, width, color));
}

/** One paragraph behind a label; none for a text that is null. */
export function labelled(label: string, text: Line | null, width: number | undefined): Line[] {
  return text === null ? [] : paragraph(span(`  ${label}`.padEnd(labelWidth), "faint"), text, width);
}
