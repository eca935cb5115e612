import type { Environment } from "../../core/text/environment.js";
import { nearest } from "../../core/text/nearest.js";
import type { Option } from "./option.js";
import { options, type FlagName, type ListName, type ValueName } from "./options.js";
import type { Given, GivenOptions } from "./raw-options.js";
import { usageFailure } from "./usage-failure.js";

const prefix = "DOCKER_GC_";
/** Variables with our prefix that are not the program's: the tests' own engine. */
const foreign = new Set(["DOCKER_GC_TEST_HOST"]);
const booleans = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/**
 * The options that the environment gives. A list holds one item a line: patterns may hold commas.
 *
 * @throws Failure of code `usage` for an empty value, a flag that is neither true nor false, and a variable
 * `DOCKER_GC_*` that nobody reads: a slip there would silently change what a deleting tool does.
 */
export function readEnvironment(environment: Environment): GivenOptions {
  refuseUnknown(environment);
  const flags: Partial<Record<FlagName, Given<boolean>>> = {};
  const values: Partial<Record<ValueName, Given<string>>> = {};
  const lists: Partial<Record<ListName, readonly Given<string>[]>> = {};
  for (const option of options) {
    const origin = option.variable;
    const text = origin === null ? undefined : environment[origin];
    if (origin === null || text === undefined) continue;
    if (text.trim() === "")
      throw usageFailure(`${origin} is set but empty; expected ${expectedBy(option)}, or unset.`);
    switch (option.kind) {
      case "flag":
        flags[option.name] = { value: toBoolean(text, origin), origin };
        break;
      case "value":
        values[option.name] = { value: text, origin };
        break;
      case "list":
        lists[option.name] = toLines(text).map((value) => ({ value, origin }));
        break;
    }
  }
  return { flags, values, lists };
}

function refuseUnknown(environment: Environment): void {
  const variables = options.map(({ variable }) => variable).filter((variable) => variable !== null);
  const unknown = Object.keys(environment)
    .filter((name) => name.startsWith(prefix) && environment[name] !== undefined && !foreign.has(name))
    .filter((name) => !variables.some((variable) => variable === name))
    .sort();
  const [first] = unknown;
  if (first === undefined) return;
  const guess = nearest(
    first.slice(prefix.length),
    variables.map((variable) => variable.slice(prefix.length)),
  );
  const hint = guess === null ? "Unset it." : `Did you mean ${prefix}${guess}?`;
  throw usageFailure(`docker-gc does not know the environment variable ${first}. ${hint}`);
}

function toBoolean(text: string, origin: string): boolean {
  const value = booleans.get(text);
  if (value !== undefined) return value;
  throw usageFailure(`${origin}: ${JSON.stringify(text)} is not a flag's value; expected true or false.`);
}

function toLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function expectedBy(option: Option): string {
  return option.kind === "flag" ? "true or false" : option.placeholder;
}
