import { wrapText } from "../../report/layout/wrap.js";

/**
 * Text for the macros of manual pages, as groff and mandoc read it: every function takes plain text, unless it says
 * otherwise, and gives lines of source. https://man7.org/linux/man-pages/man7/groff_man.7.html
 */

/** Long lines of source are frowned upon. */
const widest = 80;

export function heading(title: string): string {
  return `.SH ${quoted(title.toUpperCase())}`;
}

export function subheading(title: string): string {
  return `.SS ${quoted(title)}`;
}

/** The names of options in them become bold. */
export function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => (index === 0 ? prose(text) : [".PP", ...prose(text)]));
}

/** A term, in roff already, and behind or below it what it means. */
export function item(term: string, text: string): string[] {
  return [".TP", term, ...prose(text)];
}

/** What is typed as it stands. */
export function bold(text: string): string {
  return text === "" ? "" : `\\fB${escaped(text)}\\fR`;
}

/** What something else stands for. */
export function italic(text: string): string {
  return text === "" ? "" : `\\fI${escaped(text)}\\fR`;
}

/** Plain hyphens and quotes may come out as typographic ones, which a shell does not understand. */
export function escaped(text: string): string {
  return text.replace(/[\\'`^~-]/g, (character) => escapes[character] ?? character);
}

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};

/** Each sentence begins a line: how far apart they stand is the page's own affair. */
function prose(text: string): string[] {
  const sentences = text.split(/(?<=[.!?])\s+(?=[A-Z"])/);
  return sentences.flatMap((sentence) => {
    const words = sentence.split(/\s+/).map(emphasized);
    return wrapText(words.join(" "), widest).map(guarded);
  });
}

function emphasized(word: string): string {
  // What is split at stays, as every second part.
  const parts = word.split(/(?<![\w-])(--[a-z][a-z-]*)/);
  return parts.map((part, index) => (index % 2 === 1 ? bold(part) : escaped(part))).join("");
}

/** A dot at the beginning of a line makes it a request. */
function guarded(line: string): string {
  return line.startsWith(".") ? `\\&${line}` : line;
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', "\\(dq")}"`;
}
