import type { Environment } from "../../core/text/environment.js";
import { Chalk } from "chalk";

/** What a stretch of text means to the reader; the palette decides how that looks. */
export type Tone = "goes" | "freed" | "caution" | "alarm" | "faint" | "strong";

/** One painter for each tone. */
export type Palette = Readonly<Record<Tone, (text: string) => string>>;

export type ColorChoice = "auto" | "always" | "never";

const plain = (text: string): string => text;

/** No colour at all. */
export const plainPalette: Palette = {
  goes: plain,
  freed: plain,
  caution: plain,
  alarm: plain,
  faint: plain,
  strong: plain,
};

/**
 * The palette for one stream. `always` and `never` win over everything. `auto` follows, in this order,
 * `FORCE_COLOR`, `NO_COLOR`, `TERM=dumb`, and whether the stream is a terminal; empty variables count as unset. That
 * `FORCE_COLOR` comes before `NO_COLOR` is what Node itself does.
 */
export function createPalette(
  color: ColorChoice,
  stream: { readonly isTTY?: boolean },
  env: Environment,
): Palette {
  if (!wantsColor(color, stream, env)) return plainPalette;
  // An instance of its own: chalk's default one knows neither the stream nor, on a terminal, NO_COLOR.
  const chalk = new Chalk({ level: 1 });
  return {
    goes: (text) => chalk.red(text),
    freed: (text) => chalk.green(text),
    caution: (text) => chalk.yellow(text),
    alarm: (text) => chalk.red.bold(text),
    faint: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
  };
}

function wantsColor(color: ColorChoice, stream: { readonly isTTY?: boolean }, env: Environment): boolean {
  if (color !== "auto") return color === "always";
  const force = env["FORCE_COLOR"] ?? "";
  if (force !== "") return force !== "0" && force !== "false";
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  return env["TERM"] !== "dumb" && stream.isTTY === true;
}
