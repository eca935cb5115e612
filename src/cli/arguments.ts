import yargs from "yargs";
import { readEnvironment, type Environment } from "./environment.js";
import { options, type FlagName, type ListName, type ValueName } from "./options.js";
import { nothingGiven, type Given, type GivenOptions, type RawOptions } from "./raw-options.js";
import { spelledOut } from "./spelled-out.js";
import { usageFailure } from "./usage-failure.js";

/**
 * Reads the command line and the environment, strictly, without understanding any value yet. What stands on the
 * command line replaces what the environment says, lists included; a flag of the environment that is false is
 * false. `--help` and `--version` win over everything that is well-formed, and do not read the environment.
 *
 * @throws Failure of code `usage`, one sentence and where to read more. Never prints, never ends the process.
 */
export function parseArguments(argv: readonly string[], environment: Environment): RawOptions {
  const typed = readCommandLine(argv);
  if (typed.flags.help !== undefined) return { ...nothingGiven, command: "help" };
  if (typed.flags.version !== undefined) return { ...nothingGiven, command: "version" };
  return { ...merge(typed, readEnvironment(environment)), command: "run" };
}

function readCommandLine(argv: readonly string[]): GivenOptions {
  const parsed = parse(spelledOut(argv));
  refuseStrayWords(parsed._);
  const flags: Partial<Record<FlagName, Given<boolean>>> = {};
  const values: Partial<Record<ValueName, Given<string>>> = {};
  const lists: Partial<Record<ListName, Given<readonly string[]>>> = {};
  for (const option of options) {
    const given = parsed[option.name];
    const origin = `--${option.name}`;
    if (option.kind === "flag" && given === true) flags[option.name] = { value: true, origin };
    if (option.kind === "value" && typeof given === "string") values[option.name] = { value: given, origin };
    if (option.kind === "list" && Array.isArray(given))
      lists[option.name] = { value: given.map(String), origin };
  }
  refuseRivals(flags);
  return { flags, values, lists };
}

/** yargs without what it does of its own accord: printing, ending the process, negations, numbers, locales. */
function parse(spelled: readonly string[]): { _: (string | number)[]; [name: string]: unknown } {
  // The folder is given because yargs would ask for the current one, which may be gone.
  const parser = yargs([], "/")
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
    })
    .detectLocale(false)
    .help(false)
    .version(false)
    .exitProcess(false)
    .strictOptions()
    .fail((message, error: Error | undefined) => {
      throw error ?? usageFailure(`${message}.`);
    });
  for (const { name, kind } of options) {
    parser.option(name, kind === "flag" ? { type: "boolean" } : { type: "string", array: kind === "list" });
  }
  // It takes one pair of quotes off a value, and so must be given one.
  return parser.parseSync(spelled.map((argument) => argument.replace(/^(--[^=]+)=([^]*)$/, '$1="$2"')));
}

function refuseStrayWords([command, ...more]: readonly (string | number)[]): void {
  if (command !== undefined && command !== "run") {
    throw usageFailure(`There is no command ${JSON.stringify(command)}; expected "run" or nothing.`);
  }
  if (more.length > 0) throw usageFailure(`Unexpected argument ${JSON.stringify(more[0])} behind "run".`);
}

function refuseRivals({ quiet, verbose }: GivenOptions["flags"]): void {
  if (quiet?.value !== true || verbose?.value !== true) return;
  throw usageFailure(`${quiet.origin} and ${verbose.origin} exclude each other; expected one of them.`);
}

function merge(typed: GivenOptions, fromEnvironment: GivenOptions): GivenOptions {
  refuseRivals(fromEnvironment.flags);
  const flags = { ...fromEnvironment.flags, ...typed.flags };
  // `--verbose` on the command line also overrules DOCKER_GC_QUIET, and the other way round.
  if (typed.flags.verbose !== undefined) delete flags.quiet;
  if (typed.flags.quiet !== undefined) delete flags.verbose;
  return {
    flags,
    values: { ...fromEnvironment.values, ...typed.values },
    lists: { ...fromEnvironment.lists, ...typed.lists },
  };
}
