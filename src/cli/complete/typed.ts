import { commands, wordsForOptions } from "../commands.js";
import type { Option } from "../options/option.js";
import { findAlias, findOption } from "../options/options.js";

/** A command line that is not finished, as far as it can be understood. */
export interface Typed {
  /** Null where none is named yet; it may be one for an option, too. */
  readonly command: string | null;
  /** Words that are no command, no option and no value. */
  readonly words: readonly string[];
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** The option whose value is being typed; null for what is none. */
  readonly option: Option | null;
  /** What there is of the word or value that is being typed. */
  readonly begun: string;
}

/** @param before the words before the one that is being typed */
export function readTyped(before: readonly string[], current: string): Typed {
  const given = new Map<string, string[]>();
  const words: string[] = [];
  let command: string | null = null;
  let waiting: Option | null = null;
  for (const word of before) {
    if (waiting !== null) {
      given.get(waiting.name)?.push(word);
      waiting = null;
      continue;
    }
    const found = optionIn(word);
    if (found !== null) {
      const values = given.get(found.option.name) ?? [];
      given.set(found.option.name, values);
      if (found.value !== null) values.push(found.value);
      else if (found.option.kind !== "flag") waiting = found.option;
    } else if (command === null && isCommand(word)) command = word;
    else words.push(word);
  }
  const own = waiting === null ? optionIn(current) : null;
  const value = own?.option.kind === "flag" ? null : (own?.value ?? null);
  return {
    command,
    words,
    given,
    option: value === null ? waiting : (own?.option ?? null),
    begun: value ?? current,
  };
}

/** Whether a command may still be named. */
export function isOpen({ command, words }: Typed): boolean {
  return command === null && words.length === 0;
}

function isCommand(word: string): boolean {
  return [...commands, ...wordsForOptions].some(({ name }) => name === word);
}

/** `--name`, `--name=value`, `-H`, `-Hvalue`; null for what is no option, or one that is not known. */
function optionIn(word: string): { readonly option: Option; readonly value: string | null } | null {
  if (word.startsWith("--")) {
    const [, name = "", value = null] = /^--([^=]*)(?:=([^]*))?$/.exec(word) ?? [];
    const option = findOption(name);
    return option === undefined ? null : { option, value };
  }
  const option = word.length > 1 && word.startsWith("-") ? findAlias(word.charAt(1)) : undefined;
  if (option === undefined) return null;
  const attached = option.kind === "flag" ? "" : word.slice(2).replace(/^=/, "");
  return { option, value: attached === "" ? null : attached };
}
