import { wrapText } from "../../report/layout/wrap.js";
import { commands, defaultCommand, findCommand, wordsForOptions, type CommandName } from "../commands.js";
import { optionGroups, type Option } from "../options/option.js";
import { isTakenBy, options } from "../options/options.js";
import { termOf } from "./help.js";

const narrowest = 50;

/** The text of `-h`: what is needed daily, on one screen of 24 lines and 80 columns. Of the program, or of one command. */
export function briefHelpText(name: CommandName | null, width = 80): string {
  const columns = Math.max(narrowest, width);
  const command = findCommand(name ?? defaultCommand);
  const call = ["docker-gc", name ?? "[COMMAND]", command?.words ?? "", "[OPTION]..."];
  const all: readonly Option[] = options;
  const daily = all.filter(
    (option) => option.daily !== undefined && isTakenBy(option, name ?? defaultCommand),
  );
  const widest = Math.max(...daily.map((option) => termOf(option).length));
  const more =
    name === null
      ? "More: docker-gc --help, docker-gc COMMAND --help."
      : `More: docker-gc ${name} --help, docker-gc --help.`;
  const lines = [
    ...wrapText(`Usage: ${call.filter((word) => word !== "").join(" ")}`, columns),
    ...wrapText(name === null ? overview() : (command?.summary ?? ""), columns),
    ...optionGroups.flatMap((group) => {
      const own = daily.filter((option) => option.group === group);
      return own.length === 0
        ? []
        : [`${group}:`, ...own.flatMap((option) => rowOf(option, widest, columns))];
    }),
    ...wrapText(more, columns),
  ];
  return `${lines.join("\n")}\n`;
}

function rowOf(option: Option, widest: number, columns: number): string[] {
  const indent = widest + 4;
  return wrapText(option.daily ?? "", Math.max(columns - indent, 1)).map((text, index) =>
    index === 0 ? `  ${termOf(option).padEnd(widest)}  ${text}` : " ".repeat(indent) + text,
  );
}

function overview(): string {
  const names = [...commands, ...wordsForOptions].map((each) =>
    each.name === defaultCommand ? `${each.name} (the default)` : each.name,
  );
  return `Commands: ${names.join(", ")}.`;
}

/** Whether help was asked for by its letter alone. */
export function isBriefly(argv: readonly string[]): boolean {
  return !argv.some((argument) => argument === "--help" || argument === "help");
}
