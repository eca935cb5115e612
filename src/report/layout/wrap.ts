import { cellWidth, characterWidth } from "./cells.js";
import { span, type Line, type Span } from "./line.js";
import type { Tone } from "./palette.js";

interface Character {
  readonly text: string;
  readonly tone: Tone | null;
}

/**
 * Text that must be read whole: broken at spaces to the width, further lines indented like the text behind
 * `lead`. Without a width it is one line.
 */
export function hanging(lead: Span, text: Line, width: number | undefined): Line[] {
  const indent = cellWidth(lead.text);
  const characters = text.flatMap(({ text: content, tone }) =>
    Array.from(content, (character) => ({ text: character, tone })),
  );
  const room = width === undefined ? Infinity : Math.max(width - indent, 1);
  return breakInto(characters, room).map((line, index) => [
    index === 0 ? lead : span(" ".repeat(indent)),
    ...toSpans(line),
  ]);
}

/** Plain text, whose words any blanks separate; a no-break space keeps two of them on one line. */
export function wrapText(text: string, width: number): string[] {
  const words = span(text.split(/[ \n]+/).join(" "));
  const lines = hanging(span(""), [words], width).map((line) => line.map((part) => part.text).join(""));
  return lines.map((line) => line.replaceAll("\u00a0", " "));
}

function breakInto(characters: readonly Character[], room: number): Character[][] {
  const lines: Character[][] = [];
  let start = 0;
  do {
    const fits = endOfRoom(characters, start, room);
    const end = fits === characters.length ? fits : lastBreak(characters, start, fits);
    lines.push(characters.slice(start, end));
    start = end;
    while (characters[start]?.text === " ") start += 1;
  } while (start < characters.length);
  return lines;
}

/** The index behind the last character that fits; always moves forward. */
function endOfRoom(characters: readonly Character[], start: number, room: number): number {
  let end = start;
  let taken = 0;
  for (const character of characters.slice(start)) {
    taken += characterWidth(character.text);
    if (taken > room && end > start) break;
    end += 1;
  }
  return end;
}

/** The last space up to `fits`; a word longer than a whole line is broken where the line ends. */
function lastBreak(characters: readonly Character[], start: number, fits: number): number {
  for (let index = fits; index > start; index -= 1) {
    if (characters[index]?.text === " ") return index;
  }
  return fits;
}

function toSpans(characters: readonly Character[]): Span[] {
  const runs: { text: string; tone: Tone | null }[] = [];
  for (const { text, tone } of characters) {
    const last = runs.at(-1);
    if (last?.tone === tone) last.text += text;
    else runs.push({ text, tone });
  }
  return runs.map(({ text, tone }) => span(text, tone));
}
