import type { Failure } from "../../core/text/failure.js";
import { hintFor } from "./foreign-spellings.js";
import { nearest } from "../../core/text/nearest.js";
import type { Option } from "./option.js";
import { findAlias, findOption, options } from "./options.js";
import { usageFailure } from "./usage-failure.js";

/**
 * The same arguments with every option in one spelling, `--name` or `--name=value`: `-nH unix:///x` becomes
 * `--dry-run --host=unix:///x`. Refuses on the way what yargs would let pass or read otherwise: `--quota=` (empty),
 * `--dry-run=banana` (false), `--no-quota` (false), a repeated option (an array), a value that begins with a
 * dash. Words come first: behind a flag, yargs takes the word `false` for its value.
 *
 * @throws Failure of code `usage`.
 */
export function normalize(argv: readonly string[]): string[] {
  const words: string[] = [];
  const spelled: string[] = [];
  const seen = new Set<string>();
  const rest = [...argv];

  function add(option: Option, typed: string, attached: string | null): void {
    const { name, kind, placeholder } = option;
    if (seen.has(name) && kind !== "list") throw usageFailure(`${typed} is given twice; expected it once.`);
    seen.add(name);
    if (kind === "flag") {
      if (attached === null) return void spelled.push(`--${name}`);
      throw usageFailure(`${typed} is a flag and takes no value; got ${JSON.stringify(attached)}.`);
    }
    const value = attached ?? separateValue(rest, option, typed);
    if (value.trim() === "") throw usageFailure(`${typed} has an empty value; expected ${placeholder}.`);
    spelled.push(`--${name}=${value}`);
  }

  for (let typed = rest.shift(); typed !== undefined; typed = rest.shift()) {
    refuseForeign(typed, rest[0] ?? null);
    if (typed.startsWith("--")) {
      const equals = typed.indexOf("=");
      const name = equals < 0 ? typed : typed.slice(0, equals);
      add(longOption(name), name, equals < 0 ? null : typed.slice(equals + 1));
    } else if (typed.startsWith("-") && typed !== "-") {
      for (const { option, letter, attached } of shortOptions(typed)) add(option, letter, attached);
    } else {
      words.push(typed);
    }
  }
  return [...words, ...spelled];
}

/** What other tools call otherwise is no slip of the pen. */
function refuseForeign(typed: string, next: string | null): void {
  const [name = ""] = typed.split("=");
  const isKnown = findOption(name.replace(/^--/, "")) !== undefined || findAlias(name.slice(1)) !== undefined;
  const hint = isKnown ? null : hintFor(typed, next);
  if (hint !== null) throw usageFailure(`There is no option ${JSON.stringify(name)}; expected ${hint}.`);
}

function separateValue(rest: string[], option: Option, typed: string): string {
  const next = rest.shift();
  if (next === undefined) throw usageFailure(`${typed} has no value; expected ${option.placeholder}.`);
  if (!next.startsWith("-")) return next;
  const way = `--${option.name}=VALUE for a value that begins with a dash`;
  throw usageFailure(`${typed} has no value; expected ${option.placeholder}, or ${way}.`);
}

function longOption(typed: string): Option {
  const option = findOption(typed.slice(2));
  if (option !== undefined) return option;
  if (typed.startsWith("--no-") && findOption(typed.slice(5)) !== undefined) {
    throw usageFailure(
      `There is no ${typed}; leave ${typed.slice(5)} out, or give it the value "off" where it has one.`,
    );
  }
  throw unknownOption(typed, typed.slice(2));
}

/** `-nq`, `-Hunix:///x`, `-H=unix:///x`: flags first, then at most one letter that takes the rest as its value. */
function shortOptions(typed: string): { option: Option; letter: string; attached: string | null }[] {
  const found = [];
  for (let at = 1; at < typed.length; at += 1) {
    const letter = String.fromCodePoint(typed.codePointAt(at) ?? 0);
    const option = findAlias(letter);
    if (option === undefined) {
      refuseForeign(`-${letter}`, null);
      throw unknownOption(typed, typed.slice(1));
    }
    const behind = typed.slice(at + 1);
    const takesRest = option.kind !== "flag" || behind.startsWith("=");
    found.push({
      option,
      letter: `-${letter}`,
      attached: takesRest && behind !== "" ? behind.replace(/^=/, "") : null,
    });
    if (takesRest) break;
  }
  return found;
}

function unknownOption(typed: string, name: string): Failure {
  const names = options.map((option) => option.name);
  const guess = nearest(name, names);
  return usageFailure(
    `There is no option ${JSON.stringify(typed)}${guess === null ? "." : `; did you mean --${guess}?`}`,
  );
}
