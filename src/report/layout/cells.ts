import type { SafeText } from "./sanitize.js";

/** Letters that stand above or below the one before take no room of their own. */
const zeroWidth = /[\p{Mn}\p{Me}]/u;

/** East Asian scripts, full-width forms and pictures: terminals draw them two cells wide. */
const doubleWidth =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;

const ellipsis = "…";

/** Terminal cells of one character. */
export function characterWidth(character: string): number {
  if (character <= "\u024f") return 1;
  if (zeroWidth.test(character)) return 0;
  return doubleWidth.test(character) ? 2 : 1;
}

/** Terminal cells that a text takes. */
export function cellWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** `registry.example…`: for sentences, whose beginning says most. */
export function shortenEnd(text: SafeText, width: number): SafeText {
  if (cellWidth(text) <= width) return text;
  return (headOf(text, width - 1).trimEnd() + ellipsis) as SafeText;
}

/**
 * `registry…/app:1.2.3`: for image names, whose beginning says where they are from, and whose end says more. The end begins at a
 * slash where one leaves enough of it.
 */
export function shortenMiddle(text: SafeText, width: number): SafeText {
  if (cellWidth(text) <= width) return text;
  const room = Math.max(width - 1, 0);
  const tail = tailOf(text, Math.ceil((room * 2) / 3));
  const slash = tail.indexOf("/");
  const end = slash > 0 && slash <= tail.length / 2 ? tail.slice(slash) : tail;
  return (headOf(text, room - cellWidth(end)) + ellipsis + end) as SafeText;
}

function headOf(text: string, width: number): string {
  return fitting(text, width).join("");
}

function tailOf(text: string, width: number): string {
  return fitting(Array.from(text).reverse(), width).reverse().join("");
}

function fitting(characters: Iterable<string>, width: number): string[] {
  const fit: string[] = [];
  let taken = 0;
  for (const character of characters) {
    taken += characterWidth(character);
    if (taken > width) break;
    fit.push(character);
  }
  return fit;
}
