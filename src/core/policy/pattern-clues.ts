/**
 * Texts that all stand in one name, digest or ID of every image that a glob matches: the stretches without wildcards. None where
 * nothing is known.
 */
export function cluesOfGlob(glob: string): string[] {
  // picomatch takes `./` away.
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(glob)) return [];
  // Docker's own registry is spelled in several ways.
  const [head = ""] = glob.replace(/^(?:index\.)?docker\.io\//, "").split(/[[{]/, 1);
  // Where `**` stands for no component at all, the slash beside it goes along.
  return telling(head.split(/[*?]+/).map((run) => run.replace(/^\/+|\/+$/g, "")));
}

/** The same of a regular expression that is valid with `u`. What stands in groups and classes tells nothing. */
export function cluesOfExpression(source: string): string[] {
  // Escapes that stand for a character or a class that is spelled out behind them.
  if (/\\[^\W_bBdDsSwW]/.test(source)) return [];
  const runs: string[][] = [[]];
  let depth = 0;
  for (const [token] of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|\{[^}]*\}|./gsu)) {
    if (token === "(") depth += 1;
    if (depth === 0 && token === "|") return [];
    // What may be repeated may be left out, but for `+`.
    if (/^[*?{]/.test(token)) runs.at(-1)?.pop();
    if (depth > 0 || /^(?:[*?{+.^$[]|\\\w)/.test(token)) runs.push([]);
    else runs.at(-1)?.push(token.replace(/^\\/, ""));
    if (token === ")") depth -= 1;
  }
  return telling(runs.map((run) => run.join("")));
}

/** A single character stands in nearly every name. */
const shortest = 2;

function telling(runs: readonly string[]): string[] {
  return [...new Set(runs)].filter(({ length }) => length >= shortest);
}
