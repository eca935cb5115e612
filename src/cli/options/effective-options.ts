import type { Setting } from "../../report/documents/config.js";
import { options } from "./options.js";
import type { Given, GivenOptions } from "./raw-options.js";

/** All options that can be set anywhere but on the command line as well, in the order of the help, as a run would have them. */
export function effectiveOptions({ flags, values, lists }: GivenOptions): Setting[] {
  const settable = options.filter(({ variable }) => variable !== null);
  return settable.map((option): Setting => {
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
function together(items: readonly Given<string>[]): Omit<Setting, "name"> {
  const origins = items.map(({ origin }) => origin);
  return { value: items.map(({ value }) => value), origin: origins[0] ?? "default", origins };
}
