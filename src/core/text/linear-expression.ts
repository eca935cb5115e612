import { RE2JS } from "re2js";

export interface Expression {
  /** Whether it is found anywhere in the text. */
  readonly test: (text: string) => boolean;
}

const namedBackReference = /(?:^|[^\\])(?:\\\\)*\\k/;

/**
 * A regular expression of JavaScript, with `u`, whose time to match grows with the text and no faster: a name in a registry,
 * which anybody may have chosen, cannot make it run for hours. So it has neither look-around nor back-references. Throws
 * what says what is wrong with it.
 */
export function linearExpression(source: string): Expression {
  // The translation lets pass what means nothing in JavaScript, as an escaped letter.
  const { source: valid } = new RegExp(source, "u");
  if (namedBackReference.test(valid)) throw new Error("back-references are not supported");
  const compiled = RE2JS.compile(RE2JS.translateRegExp(source));
  return { test: (text) => compiled.test(text) };
}
