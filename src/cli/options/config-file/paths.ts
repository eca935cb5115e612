import { dirname, isAbsolute, join } from "node:path";
import type { Option } from "../option.js";
import type { Given } from "../raw-options.js";

/**
 * A path in a config file begins at the folder of that file: where cron or a person happens to stand says nothing. `~/`
 * is the home folder, as the shell would have it on a command line.
 */
export function fromFolderOf(
  source: { readonly path: string; readonly home: string },
  { placeholder }: Option,
  given: Given<string>,
): Given<string> {
  const { value, origin } = given;
  if (placeholder !== "FILE" || isAbsolute(value)) return given;
  const path = value.startsWith("~/")
    ? join(source.home, value.slice("~/".length))
    : join(dirname(source.path), value);
  return { value: path, origin };
}
