import type { CommandName } from "../commands.js";
import type { FlagName, ListName, ValueName } from "./options.js";

/** A value and the place where it was given, for messages: `--quota`, `DOCKER_GC_QUOTA` or `config.yaml:3`. */
export interface Given<T> {
  readonly value: T;
  readonly origin: string;
}

/** What was given in one place, or in all together; what was not given is absent. Still text. */
export interface GivenOptions {
  readonly flags: Readonly<Partial<Record<FlagName, Given<boolean>>>>;
  readonly values: Readonly<Partial<Record<ValueName, Given<string>>>>;
  /** Never empty lists. */
  readonly lists: Readonly<Partial<Record<ListName, readonly Given<string>[]>>>;
}

/** The command line, the environment and the config file, well-formed and merged, before any value is understood. */
export interface RawOptions extends GivenOptions {
  readonly command: CommandName;
  readonly words: readonly string[];
}

export type Request =
  | { readonly kind: "perform"; readonly raw: RawOptions }
  /** Null: of the whole program. */
  | { readonly kind: "help"; readonly command: CommandName | null }
  | { readonly kind: "version" };
