import { options } from "./options.js";
import type { GivenOptions } from "./raw-options.js";

/** One option as a run would have it. */
export interface EffectiveOption {
  readonly name: string;
  /** Null: not set, and without a default. */
  readonly value: string | boolean | readonly string[] | null;
  /** `--quota`, `DOCKER_GC_QUOTA`, or `default`. */
  readonly origin: string;
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
        return { name, ...(lists[option.name] ?? { value: [], origin }) };
    }
  });
}
