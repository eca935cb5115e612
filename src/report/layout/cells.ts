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

/** `…/app:1.2.3`: for image names, whose end says most. Cuts at a slash where one leaves enough of the name. */
export function shortenStart(text: SafeText, width: number): SafeText {
  if (cellWidth(text) <= width) return text;
  const tail = tailOf(text, width - 1);
  const slash = tail.indexOf("/");
  const atSlash = slash > 0 && slash <= tail.length / 2 ? tail.slice(slash) : tail;
  return (ellipsis + atSlash) as SafeText;
}

function headOf(text: string, width: number): string {
  let head = "";
  let taken = 0;
  for (const character of text) {
    taken += characterWidth(character);
    if (taken > width) break;
    head += character;
  }
  return head;
}

function tailOf(text: string, width: number): string {
  let tail = "";
  let taken = 0;
  for (const character of Array.from(text).reverse()) {
    taken += characterWidth(character);
    if (taken > width) break;
    tail = character + tail;
  }
  return tail;
}
