import { options } from "./options.js";
import type { Given, GivenOptions } from "./raw-options.js";

/** One option as a run would have it. */
export interface EffectiveOption {
  readonly name: string;
  /** Null: not set, and without a default. */
  readonly value: string | boolean | readonly string[] | null;
  /** `--quota`, `DOCKER_GC_QUOTA`, `/etc/docker-gc/config.yaml:3`, or `default`. */
  readonly origin: string;
  /** Of a list: where each of its items comes from. */
  readonly origins?: readonly string[];
}

/** All options that can be set anywhere but on the command line as well, in the order of the help. */
export function effectiveOptions({ flags, values, lists }: GivenOptions): EffectiveOption[] {
  const settable = options.filter(({ variable }) => variable !== null);
  return settable.map((option): EffectiveOption => {
    const { name } = option;
    const origin = "default";
    switch (option.kind) {
      case "flag":
        return { name, ...(flags[option.name] ?? { value: false, origin }) };
      case "value":
        return { name, ...(values[option.name] ?? { value: option.default, origin }) };
      case "list":
        return { name, ...together(lists[option.name] ?? []) };
    }
  });
}

/** The items of a list come from one place, though perhaps from several lines of it. */
function together(items: readonly Given<string>[]): Omit<EffectiveOption, "name"> {
  const origins = items.map(({ origin }) => origin);
  return { value: items.map(({ value }) => value), origin: origins[0] ?? "default", origins };
}
