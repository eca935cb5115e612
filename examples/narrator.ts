import type { Output } from "../src/cli/surroundings.js";
import { createPalette, type Palette } from "../src/report/layout/palette.js";
import { runDocument } from "../src/report/documents/run.js";
import { toText } from "../src/report/formats/text.js";
import { wrapText } from "../src/report/layout/wrap.js";
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
    this.#write(["", ...wrapText(text, Math.min(this.#columns ?? widthOfPipe, widest))]);
  }

  command(argv: readonly string[]): void {
    const words = ["docker-gc", ...argv].map((word) => (/^[\w.=:/@,-]+$/.test(word) ? word : `'${word}'`));
    this.#write(["", this.#palette.strong(`$ ${words.join(" ")}`)]);
  }

  report(report: RunReport): void {
    const document = runDocument(report, { verbosity: "normal", now: report.finishedAt });
    this.#write(toText(document, { width: this.#columns, color: this.#palette }));
  }

  /** Undefined for a pipe or a file. */
  get #columns(): number | undefined {
    return this.#stdout.isTTY === true ? this.#stdout.columns : undefined;
  }

  #write(lines: readonly string[]): void {
    this.#stdout.write(`${lines.join("\n")}\n`);
  }
}
