import type { Environment } from "../../core/text/environment.js";
import { Parser } from "yargs/helpers";
import { readEnvironment } from "./environment.js";
import {
  commands,
  defaultCommand,
  findCommand,
  wordsForOptions,
  type Command,
  type CommandName,
} from "../commands.js";
import { overlay, refuseRivals } from "./precedence.js";
import { nearest } from "../../core/text/nearest.js";
import type { Option } from "./option.js";
import { isTakenBy, options, type FlagName, type ListName, type ValueName } from "./options.js";
import type { Given, GivenOptions, Request } from "./raw-options.js";
import { normalize } from "./normalize.js";
import { usageFailure } from "./usage-failure.js";

/**
 * Reads the command line and the environment, strictly, without understanding any value yet. What stands on the
 * command line replaces what the environment says, lists included; a flag of the environment that is false is
 * false. `--help` and `--version` win over everything that is well-formed, and do not read the environment.
 *
 * @throws Failure of code `usage`, one sentence and where to read more. Never prints, never ends the process.
 */
export function parseArguments(argv: readonly string[], environment: Environment): Request {
  const parsed = parse(normalize(argv));
  const [name, ...words] = parsed._.map(String);
  if (name === "help" || name === "version") return optionFor(name, words);
  const command = toCommand(name ?? defaultCommand);
  const typed = optionsOf(parsed, command.name);
  if (typed.flags.help !== undefined)
    return { kind: "help", command: name === undefined ? null : command.name };
  if (typed.flags.version !== undefined) return { kind: "version" };
  refuseWordCount(command, words);
  const given = overlay(typed, readEnvironment(environment));
  return { kind: "perform", raw: { ...given, command: command.name, words } };
}

/** What is typed as a command, and is an option. */
function optionFor(name: "help" | "version", words: readonly string[]): Request {
  const most = name === "help" ? 1 : 0;
  refuseWordCount({ name, words: "", fewest: 0, most }, words);
  if (name === "version") return { kind: "version" };
  const [about] = words;
  const isItself = wordsForOptions.some((each) => each.name === about);
  return { kind: "help", command: about === undefined || isItself ? null : toCommand(about).name };
}

function toCommand(name: string): Command & { readonly name: CommandName } {
  const command = findCommand(name);
  if (command !== undefined) return command;
  const names = [...commands, ...wordsForOptions].map((each) => each.name);
  const guess = name === "prune" ? defaultCommand : nearest(name, names);
  const hint = guess === null ? `expected one of ${names.join(", ")}, or nothing` : `did you mean ${guess}?`;
  throw usageFailure(`There is no command ${JSON.stringify(name)}; ${hint}${guess === null ? "." : ""}`);
}

function refuseWordCount(
  { name, words, fewest, most }: Pick<Command, "name" | "words" | "fewest" | "most">,
  given: readonly string[],
): void {
  const surplus = given[most];
  if (surplus !== undefined)
    throw usageFailure(`Unexpected argument ${JSON.stringify(surplus)} after "${name}".`);
  if (given.length < fewest) throw usageFailure(`"${name}" needs an argument; expected ${words}.`);
}

function optionsOf(parsed: Record<string, unknown>, command: CommandName): GivenOptions {
  const flags: Partial<Record<FlagName, Given<boolean>>> = {};
  const values: Partial<Record<ValueName, Given<string>>> = {};
  const lists: Partial<Record<ListName, readonly Given<string>[]>> = {};
  for (const option of options) {
    const given = parsed[option.name];
    if (given === undefined) continue;
    const origin = `--${option.name}`;
    if (!isTakenBy(option, command)) throw usageFailure(`${origin} does not go with "${command}".`);
    if (option.kind === "flag" && given === true) flags[option.name] = { value: true, origin };
    if (option.kind === "value" && typeof given === "string") values[option.name] = { value: given, origin };
    if (option.kind === "list" && Array.isArray(given))
      lists[option.name] = given.map((value) => ({ value: String(value), origin }));
  }
  const given = { flags, values, lists };
  refuseRivals(given);
  return given;
}

/**
 * The parser of yargs, without the rest of it, which would print, end the process, and cost as much as all else that is
 * done before the engine is asked.
 */
function parse(spelled: readonly string[]): { _: (string | number)[]; [name: string]: unknown } {
  const namesOf = (...kinds: readonly Option["kind"][]) =>
    options.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  // It takes one pair of quotes off a value, and so must be given one.
  const quoted = spelled.map((argument) => argument.replace(/^(--[^=]+)=([^]*)$/, '$1="$2"'));
  return Parser(quoted, {
    boolean: namesOf("flag"),
    string: namesOf("value", "list"),
    array: namesOf("list"),
    configuration: {
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
    },
  });
}
