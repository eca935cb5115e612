import type { CommandName } from "../commands.js";

/** One option, as data: parsing, environment, help and tests all read this table. */
export interface Option {
  /** The long name, without dashes. */
  readonly name: string;
  /** One letter, or null. */
  readonly alias: string | null;
  /** A flag stands alone; a value is given at most once; a list may be given many times. */
  readonly kind: "flag" | "value" | "list";
  readonly group: OptionGroup;
  /** The commands that take it on their command line; in the environment it may always be set. */
  readonly commands: readonly CommandName[] | "all";
  /** What the help writes for the value; empty for a flag. */
  readonly placeholder: string;
  /** Parsed like a value that was typed; null when the option is simply absent. */
  readonly default: string | null;
  /** What the help says in place of a default that is no text to type. */
  readonly defaultNote: string | null;
  readonly description: string;
  /** A line for the one screen of those that are needed daily; left out for the others. */
  readonly daily?: string;
  /** Environment variable; null for what only makes sense on a command line. */
  readonly variable: string | null;
}

/** As it stands in the list of its group, which says the rest: the variable is named after the option, unless there is none. */
export type ListedOption = Omit<Option, "group" | "variable"> & { readonly variable?: null };

export const optionGroups = ["What may go", "What stays", "Where", "Output", "Other"] as const;

export type OptionGroup = (typeof optionGroups)[number];

/** Who carries a plan out. */
export const running = ["run", "config"] as const;
/** Who makes a plan. */
export const planning = [...running, "status", "explain", "doctor"] as const;
/** Who asks an engine what there is. */
export const meeting = [...planning, "import", "mark"] as const;
/** Who has a ledger to write. */
export const writing = [...running, "import"] as const;
/** Who asks an engine. */
export const asking = [...planning, "import"] as const;
/** Who reads the ledger. */
export const remembering = [...asking, "history", "what-if", "report"] as const;
/** Who goes by a quota. */
export const limiting = [...planning, "what-if"] as const;

const usual = { alias: null, default: null, defaultNote: null } as const;
export const flag = { ...usual, kind: "flag", placeholder: "" } as const;
export const value = { ...usual, kind: "value" } as const;
export const list = { ...usual, kind: "list" } as const;
