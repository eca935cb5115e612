import { commands, wordsForOptions, type CommandName } from "../commands.js";
import { offerOf, type Offer } from "../manual/offer.js";
import type { Option } from "../options/option.js";
import { isTakenBy, options } from "../options/options.js";
import type { CommandProcess } from "../command-process.js";
import { isOpen, readTyped, type Typed } from "./typed.js";
import { knownContexts, knownImages, type Candidate } from "./known.js";

/** What cobra tells a shell: files are to be offered where nothing else is, or not. */
const directives = { files: 0, none: 4 } as const;

/**
 * What the last of these words may go on to: a line each, with a description behind a tab, and a number at the end, as cobra writes
 * it for shells, and docker asks its plugins for it (https://pkg.go.dev/github.com/spf13/cobra#ShellCompDirective). Of a value behind
 * `--name=`, the value alone. Never fails, writes nothing, and asks no engine.
 */
export async function completions(
  words: readonly string[],
  process: CommandProcess,
  signal: AbortSignal,
): Promise<string> {
  const all = words[0] === "gc" ? words.slice(1) : words;
  const typed = readTyped(all.slice(0, -1), all.at(-1) ?? "");
  const offer = offered(typed);
  const candidates = offer.candidates ?? (await lookedUp(offer.known, typed, process, signal));
  const fitting = candidates.filter(({ text }) => text.startsWith(typed.begun));
  const lines = fitting.map(({ text, about }) => (about === "" ? text : `${text}\t${about}`));
  return [...lines, `:${offer.known === "files" ? directives.files : directives.none}`, ""].join("\n");
}

interface Offered {
  /** Null where they are to be looked up. */
  readonly candidates: readonly Candidate[] | null;
  readonly known: Offer["known"];
}

function offered(typed: Typed): Offered {
  if (typed.option !== null) return ofOffer(offerOf(typed.option.placeholder));
  if (typed.begun.startsWith("-")) return { candidates: optionsFor(typed), known: null };
  if (typed.command === null) return { candidates: isOpen(typed) ? allCommands : [], known: null };
  if (typed.command === "help") return { candidates: commands.map(ofCommand), known: null };
  const command = commands.find(({ name }) => name === typed.command);
  return ofOffer(offerOf(command?.words ?? ""));
}

function ofOffer({ choices, known }: Offer): Offered {
  const isLookedUp = known === "images" || known === "contexts";
  return { candidates: isLookedUp ? null : choices.map((text) => ({ text, about: "" })), known };
}

function lookedUp(
  known: Offer["known"],
  typed: Typed,
  process: CommandProcess,
  signal: AbortSignal,
): Promise<readonly Candidate[]> | readonly Candidate[] {
  return known === "contexts" ? knownContexts(process) : knownImages(typed, process, signal);
}

const ofCommand = ({ name, summary }: { readonly name: string; readonly summary: string }): Candidate => ({
  text: name,
  about: summary,
});

const allCommands: readonly Candidate[] = [...commands, ...wordsForOptions].map(ofCommand);

/** Those that the command takes and that can be given once more. */
function optionsFor({ command, given }: Typed): Candidate[] {
  const all: readonly Option[] = options;
  const name = commands.find((each) => each.name === command)?.name ?? ("run" satisfies CommandName);
  return all
    .filter((option) => isTakenBy(option, name) && (option.kind === "list" || !given.has(option.name)))
    .map((option) => ({ text: `--${option.name}`, about: option.daily ?? option.description }));
}
