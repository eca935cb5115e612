import type { Document } from "../report/documents/document.js";
import { toJson } from "../report/formats/json.js";
import { toMarkdown } from "../report/formats/markdown.js";
import { toText } from "../report/formats/text.js";
import { createPalette } from "../report/layout/palette.js";
import { prefixFor } from "./journal.js";
import type { Settings } from "./options/settings.js";
import type { CommandProcess } from "./command-process.js";
import { charactersFor } from "../report/layout/characters.js";
import { widthOf } from "./width.js";

/** What a command has found: made up only in the form that is asked for. */
export interface Result {
  readonly document: () => Document;
  /** For programs: a contract of its own, see src/schemas. */
  readonly json: () => object;
  /** Columns where nothing says how many there are; left out: no line is shortened or broken then. */
  readonly usualWidth?: number;
}

export function present(
  result: Result,
  { output, color }: Pick<Settings, "output" | "color">,
  process: Pick<CommandProcess, "stdout" | "env" | "fileOf">,
): void {
  const { stdout, env } = process;
  switch (output) {
    case "json":
      stdout.write(toJson(result.json()));
      return;
    case "markdown":
      stdout.write(toMarkdown(result.document()));
      return;
    case "text": {
      const options = {
        width: widthOf(stdout, process) ?? result.usualWidth,
        color: createPalette(color, stdout, env),
        characters: charactersFor(env),
        prefix: prefixFor("stdout", process),
      };
      for (const line of toText(result.document(), options)) stdout.write(`${line}\n`);
    }
  }
}
