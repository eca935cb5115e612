declare const safeTextBrand: unique symbol;

/** Text without anything that a terminal obeys instead of shows. Only `sanitize` makes it. */
export type SafeText = string & { readonly [safeTextBrand]: true };

/** Tabs, line breaks and the separators U+2028 and U+2029: a run of them reads as one space. */
const breaks = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;

/**
 * C0 and C1 controls, format characters (bidi overrides, zero-width ones, tags), lone surrogates and
 * private use: none of them shows what it does.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu;

/**
 * Names, labels and messages of an engine are data that anybody who can push an image may choose. What would move
 * the cursor, change colours or reorder letters is written out (`\x1b`, `\u202e`); line breaks become spaces.
 * Text that is safe comes back as it is.
 */
export function sanitize(text: string): SafeText {
  return text.replace(breaks, " ").replace(invisible, escapeCharacter) as SafeText;
}

/**
 * The same care for JSON: `JSON.stringify` writes C0 controls as escapes and leaves the rest of them raw. The value stays
 * the same for every parser.
 */
export function escapeInJson(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character.charCodeAt(index))).join(""),
  );
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? escapeUnit(code) : `\\u{${code.toString(16)}}`;
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
