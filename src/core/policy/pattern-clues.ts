/**
 * A text that stands in some name, digest or ID of every image that a glob matches: the longest stretch without wildcards. Null
 * where it has none that tells anything.
 */
export function clueOfGlob(glob: string): string | null {
  // picomatch takes `./` away.
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(glob)) return null;
  // Docker's own registry is spelled in several ways.
  const [head = ""] = glob.replace(/^(?:index\.)?docker\.io\//, "").split(/[[{]/, 1);
  // Where `**` stands for no component at all, the slash beside it goes along.
  return longestOf(head.split(/[*?]+/).map((run) => run.replace(/^\/+|\/+$/g, "")));
}

/** The same of a regular expression that is valid with `u`. What stands in groups and classes tells nothing. */
export function clueOfExpression(source: string): string | null {
  // Escapes that stand for a character or a class that is spelled out behind them.
  if (/\\[^\W_bBdDsSwW]/.test(source)) return null;
  const runs: string[][] = [[]];
  let depth = 0;
  for (const [token] of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\{[^}]*\}|./gsu)) {
    if (token === "(") depth += 1;
    if (depth === 0 && token === "|") return null;
    // What may be repeated may be left out, but for `+`.
    if (/^[*?{]/.test(token)) runs.at(-1)?.pop();
    if (depth > 0 || /^(?:[*?{+.^$[]|\\\w)/.test(token)) runs.push([]);
    else runs.at(-1)?.push(token.replace(/^\\/, ""));
    if (token === ")") depth -= 1;
  }
  return longestOf(runs.map((run) => run.join("")));
}

/** A single character stands in nearly every name. */
const shortest = 2;

function longestOf(runs: readonly string[]): string | null {
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  return longest.length < shortest ? null : longest;
}
