import { exitCodes } from "../../core/results/exit-code.js";
import { commands, defaultCommand } from "../commands.js";
import { environment, examples, meaningOf, notation } from "./help.js";
import { description, files, otherVariables, seeAlso } from "./man-page-texts.js";
import { optionGroups, type Option } from "../options/option.js";
import { isTakenBy, options } from "../options/options.js";
import { bold, escaped, heading, italic, item, paragraphs, subheading } from "./roff.js";

export interface Edition {
  readonly version: string;
  /** As in 2026-01-31. */
  readonly date: string;
}

type KnownCommand = (typeof commands)[number];

/** The manual page docker-gc(1), for groff and mandoc: the tables of the help, with more about them. */
export function manPage({ version, date }: Edition): string {
  const lines = [
    `.TH DOCKER\\-GC 1 ${date} "docker\\-gc ${escaped(version)}" "User Commands"`,
    // Neither a pattern nor an address survives a hyphen at the end of a line.
    ".nh",
    ".ad l",
    ...section("Name", ["docker\\-gc \\- remove Docker images by last use"]),
    ...section("Synopsis", synopsis()),
    ...section("Description", paragraphs(description)),
    ...section("Commands", commands.flatMap(commandItem)),
    ...section("Options", optionGroups.flatMap(optionGroup)),
    ...section("Notation", paragraphs(notation)),
    ...section("Environment", [...paragraphs(environment), ...items(otherVariables)]),
    ...section("Files", items(files)),
    ...section("Exit status", items(Object.entries(exitCodes))),
    ...section("Examples", items(examples)),
    ...section("See also", paragraphs([seeAlso])),
  ];
  return `${lines.join("\n")}\n`;
}

function section(title: string, lines: readonly string[]): string[] {
  return [heading(title), ...lines];
}

function synopsis(): string[] {
  return commands.flatMap((command, index) => {
    const call = command.name === defaultCommand ? `[${callOf(command)}]` : callOf(command);
    return [...(index === 0 ? [] : [".br"]), `${bold("docker-gc")} ${call} [${italic("OPTION")}]...`];
  });
}

function callOf({ name, words }: KnownCommand): string {
  return `${bold(name)} ${italic(words)}`.trimEnd();
}

function commandItem(command: KnownCommand): string[] {
  // What a run does is said under "Description".
  const text = command.name === defaultCommand ? command.summary : command.description;
  return item(callOf(command), `${text} ${optionsText(command)}`);
}

function optionsText({ name }: KnownCommand): string {
  const others = options.filter((option) => !isTakenBy(option, name));
  if (others.length === 0) return "It takes all options.";
  const taken = options.filter((option) => isTakenBy(option, name));
  const few = taken.length < others.length ? taken : others;
  return `It takes ${few === taken ? "the options" : "all options but"} ${namesOf(few)}.`;
}

function namesOf(some: readonly Option[]): string {
  return some.map(({ name }) => `--${name}`).join(", ");
}

function optionGroup(group: string): string[] {
  const own = options.filter((option) => option.group === group);
  return [subheading(group), ...own.flatMap((option) => item(termOf(option), meaningOf(option)))];
}

function termOf({ alias, name, placeholder }: Option): string {
  const names = alias === null ? bold(`--${name}`) : `${bold(`-${alias}`)}, ${bold(`--${name}`)}`;
  return `${names} ${italic(placeholder)}`.trimEnd();
}

function items(rows: readonly (readonly [string, string])[]): string[] {
  return rows.flatMap(([term, text]) => item(bold(term), text));
}
