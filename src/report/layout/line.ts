import { cellWidth, shortenEnd } from "./cells.js";
import type { Palette, Tone } from "./palette.js";
import { sanitize, type SafeText } from "./sanitize.js";

/** A stretch of text with one meaning. Laid out first and painted last, so that colour never moves a column. */
export interface Span {
  readonly text: SafeText;
  readonly tone: Tone | null;
  /** What the engine or a person has chosen, and is shown as it stands. */
  readonly role?: "name";
}

export type Line = readonly Span[];

/** The only way into a line; whatever comes from an engine is made harmless here. */
export function span(text: string, tone: Tone | null = null): Span {
  return { text: sanitize(text), tone };
}

/** The same for a name of an image, and for what was given as a setting. */
export function named(name: string, tone: Tone | null = null): Span {
  return { ...span(name, tone), role: "name" };
}

/** Paints a line. Without a width nothing is cut; with one, what a layout left too long ends in `…`. */
export function paintLine(line: Line, width: number | undefined, palette: Palette): string {
  let room = width ?? Infinity;
  let painted = "";
  for (const { text, tone } of line) {
    if (room <= 0) break;
    const shown = shortenEnd(text, room);
    painted += tone === null ? shown : palette[tone](shown);
    room -= cellWidth(text);
  }
  return painted;
}
