import type { CommandName } from "../commands.js";
import { other } from "./groups/other.js";
import { output } from "./groups/output.js";
import { whatMayGo } from "./groups/what-may-go.js";
import { whatStays } from "./groups/what-stays.js";
import { where } from "./groups/where.js";
import type { ListedOption, Option, OptionGroup } from "./option.js";

/** All of them, in the order of the help. */
export const options = [
  ...inGroup("What may go", whatMayGo),
  ...inGroup("What stays", whatStays),
  ...inGroup("Where", where),
  ...inGroup("Output", output),
  ...inGroup("Other", other),
];

type KnownOption = (typeof options)[number];

function inGroup<Listed extends ListedOption>(
  group: OptionGroup,
  listed: readonly Listed[],
): readonly (Listed & Pick<Option, "group" | "variable">)[] {
  return listed.map((option) => ({ group, variable: variableOf(option), ...option }));
}

function variableOf({ name }: ListedOption): string {
  return `DOCKER_GC_${name.toUpperCase().replaceAll("-", "_")}`;
}

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
