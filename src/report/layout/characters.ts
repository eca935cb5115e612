import type { Environment } from "../../core/text/environment.js";
/** Whether a terminal or a log shows more than the characters of ASCII. */
export type Characters = "unicode" | "ascii";

/**
 * By the locale, as locale(7) finds it: the first of LC_ALL, LC_CTYPE and LANG that says something. Where none does, as in most
 * containers and from cron, what reads it takes UTF-8. A dumb terminal has no blocks to draw bars with.
 */
export function charactersFor(env: Environment): Characters {
  if (env["TERM"] === "dumb") return "ascii";
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map((name) => env[name] ?? "").find((value) => value !== "");
  return locale === undefined || /utf-?8/i.test(locale) ? "unicode" : "ascii";
}

type Spellings = readonly (readonly [string, string])[];

/** In place of one character each, so that nothing moves. */
const asWide: Spellings = [
  ["█", "#"],
  ["░", "-"],
  ["…", "~"],
  ["·", "-"],
  ["’", "'"],
];

const wider: Spellings = [
  ["≥", ">="],
  ["±", "+/-"],
  ["…", "..."],
];

/** For a text that is laid out already: it stays as wide. What the engine has chosen stays as it is. */
export function inAscii(text: string): string {
  return spelled(text, asWide);
}

/** For a text that is still to be laid out. */
export function spelledInAscii(text: string): string {
  return spelled(text, wider);
}

function spelled(text: string, spellings: Spellings): string {
  return spellings.reduce((shown, [character, plain]) => shown.replaceAll(character, plain), text);
}
