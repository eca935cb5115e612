import type { CommandName } from "../commands.js";
import { other } from "./groups/other.js";
import { output } from "./groups/output.js";
import { whatMayGo } from "./groups/what-may-go.js";
import { whatStays } from "./groups/what-stays.js";
import { where } from "./groups/where.js";
import type { Option } from "./option.js";

/** All of them, in the order of the help. */
export const options = [
  ...whatMayGo,
  ...whatStays,
  ...where,
  ...output,
  ...other,
] as const satisfies readonly Option[];

type KnownOption = (typeof options)[number];

export type FlagName = Extract<KnownOption, { kind: "flag" }>["name"];
export type ValueName = Extract<KnownOption, { kind: "value" }>["name"];
export type ListName = Extract<KnownOption, { kind: "list" }>["name"];

export function findOption(name: string): KnownOption | undefined {
  return options.find((option) => option.name === name);
}

export function findAlias(letter: string): KnownOption | undefined {
  return options.find((option) => option.alias === letter);
}

/** Whether the command takes the option on its command line. */
export function isTakenBy({ commands }: Option, command: CommandName): boolean {
  return commands === "all" || commands.includes(command);
}
