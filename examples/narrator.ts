import type { Output } from "../src/cli/command-process.js";
import { createPalette, type Palette } from "../src/report/layout/palette.js";
import { wrapText } from "../src/report/layout/wrap.js";

const widest = 100;
const widthOfPipe = 80;

/** Tells a story on a terminal or into a pipe: headings, paragraphs, commands and what they print. */
export class Narrator {
  readonly #stdout: Output;
  readonly #palette: Palette;
  /** What commands are run with. */
  readonly environment: Readonly<Record<string, string | undefined>>;

  constructor(stdout: Output, environment: Readonly<Record<string, string | undefined>>) {
    this.#stdout = stdout;
    this.environment = environment;
    this.#palette = createPalette("auto", stdout, environment);
  }

  heading(text: string): void {
    this.#write(["", this.#palette.strong(`== ${text}`)]);
  }

  say(text: string): void {
    this.#write(["", ...wrapText(text, Math.min(this.#columns ?? widthOfPipe, widest))]);
  }

  command(argv: readonly string[]): void {
    const words = ["docker-gc", ...argv].map((word) => (/^[\w.=:/@,-]+$/.test(word) ? word : `'${word}'`));
    this.#write(["", this.#palette.strong(`$ ${words.join(" ")}`)]);
  }

  /** Where commands write. */
  get terminal(): Output {
    return this.#stdout;
  }

  /** Undefined for a pipe or a file. */
  get #columns(): number | undefined {
    return this.#stdout.isTTY === true ? this.#stdout.columns : undefined;
  }

  #write(lines: readonly string[]): void {
    this.#stdout.write(`${lines.join("\n")}\n`);
  }
}
