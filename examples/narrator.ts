import type { Output } from "../src/cli/surroundings.js";
import { createPalette, type Palette } from "../src/report/layout/palette.js";
import { renderText } from "../src/report/documents/text.js";
import type { RunReport } from "../src/core/results/run-report.js";

const widest = 100;
const widthOfPipe = 80;

/** Tells a story on a terminal or into a pipe: headings, paragraphs, commands, reports. */
export class Narrator {
  readonly #stdout: Output;
  readonly #palette: Palette;

  constructor(stdout: Output, environment: Readonly<Record<string, string | undefined>>) {
    this.#stdout = stdout;
    this.#palette = createPalette("auto", stdout, environment);
  }

  heading(text: string): void {
    this.#write(["", this.#palette.strong(`== ${text}`)]);
  }

  say(text: string): void {
    this.#write(["", ...wrap(text, Math.min(this.#columns ?? widthOfPipe, widest))]);
  }

  command(argv: readonly string[]): void {
    const words = ["docker-gc", ...argv].map((word) => (/^[\w.=:/@,-]+$/.test(word) ? word : `'${word}'`));
    this.#write(["", this.#palette.strong(`$ ${words.join(" ")}`)]);
  }

  report(report: RunReport): void {
    const options = { width: this.#columns, color: this.#palette, verbosity: "normal" } as const;
    this.#write(renderText(report, { ...options, now: report.finishedAt }));
  }

  /** Undefined for a pipe or a file. */
  get #columns(): number | undefined {
    return this.#stdout.isTTY === true ? this.#stdout.columns : undefined;
  }

  #write(lines: readonly string[]): void {
    this.#stdout.write(`${lines.join("\n")}\n`);
  }
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
