import { characterWidth } from "../../../src/report/layout/cells.js";

/** What a terminal would show in the end, and how wide its lines ever were. */
export interface Screen {
  readonly lines: readonly string[];
  /** Cells of the widest line that was ever on it. */
  readonly widest: number;
}

/**
 * A terminal as far as docker-gc needs one: printed characters, carriage return, line feed, clearing to the end of the line,
 * and colours, which are passed over. Throws for anything else.
 */
export function screenOf(output: string): Screen {
  const lines: string[][] = [[]];
  let [row, column, widest] = [0, 0, 0];
  for (const [token] of output.matchAll(/\u001b\[[0-9;]*[A-Za-z]|[^]/gu)) {
    const line = (lines[row] ??= []);
    if (token === "\r") column = 0;
    else if (token === "\n") [row, column] = [row + 1, 0];
    else if (token === "\u001b[K") line.length = column;
    else if (/^\u001b\[[0-9;]*m$/.test(token)) continue;
    else if (token < " ") throw new Error(`The terminal got ${JSON.stringify(token)}.`);
    else {
      line[column] = token;
      column += characterWidth(token);
      widest = Math.max(widest, column);
    }
  }
  return { lines: lines.map((cells) => cells.join("")), widest };
}
