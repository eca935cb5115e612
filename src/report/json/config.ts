import type { Setting } from "../documents/config.js";
import { schema } from "./report.js";

export function configJson(all: readonly Setting[]): object {
  const settings = Object.fromEntries(all.map(({ name, ...rest }) => [name, rest]));
  return { schema, kind: "settings", settings };
}
