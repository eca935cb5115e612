import type { GivenOptions } from "./raw-options.js";
import { usageFailure } from "./usage-failure.js";

/** Options of which one place may give only one: where each of the two is asked for. A flag that is false asks for nothing. */
const rivals: readonly (readonly [
  keyof GivenOptions,
  readonly string[],
  (given: GivenOptions) => Origins,
])[] = [
  ["flags", ["quiet", "verbose"], ({ flags }) => [flags.quiet, flags.verbose].map(originIfTrue)],
  ["values", ["host", "context"], ({ values }) => [values.host?.origin, values.context?.origin]],
];

type Origins = readonly (string | undefined)[];

/** Throws a Failure of code `usage` when one place gives two options that exclude each other. */
export function refuseRivals(given: GivenOptions): void {
  for (const [, , originsOf] of rivals) {
    const [first, second] = originsOf(given);
    if (first === undefined || second === undefined) continue;
    throw usageFailure(`${first} and ${second} exclude each other; expected one of them.`);
  }
}

/**
 * What `upper` gives replaces what `lower` says, whole lists included, and also sets a rival aside: `--verbose` overrules
 * DOCKER_GC_QUIET.
 *
 * @throws Failure of code `usage` for rivals in `lower`.
 */
export function overlay(upper: GivenOptions, lower: GivenOptions): GivenOptions {
  refuseRivals(lower);
  const left = { ...lower };
  for (const [kind, names, originsOf] of rivals) {
    if (originsOf(upper).every((origin) => origin === undefined)) continue;
    left[kind] = Object.fromEntries(Object.entries(left[kind]).filter(([name]) => !names.includes(name)));
  }
  return {
    flags: { ...left.flags, ...upper.flags },
    values: { ...left.values, ...upper.values },
    lists: { ...left.lists, ...upper.lists },
  };
}

function originIfTrue(flag: GivenOptions["flags"]["quiet"]): string | undefined {
  return flag?.value === true ? flag.origin : undefined;
}
