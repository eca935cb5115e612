import { exitCodes } from "../../core/results/exit-code.js";
import { commands, defaultCommand, findCommand, wordsForOptions, type CommandName } from "../commands.js";
import { wrapText } from "../../report/layout/wrap.js";
import { optionGroups, type Option } from "../options/option.js";
import { isTakenBy, options } from "../options/options.js";

const narrowest = 60;
const widest = 100;
/** In the column of options; with it the longest path still stands beside one in the narrowest help. */
const longestTerm = 32;
const noBreak = "\u00A0";

export const examples = [
  ["docker-gc --dry-run", "what would go now, and why"],
  ["docker-gc --max-age 14d", "remove what is idle for 14 days"],
  ["docker-gc --max-age off --quota 50G", "go by size alone"],
  ["docker-gc --quota 50G --quota-target 40G", "once over 50G, go down to 40G"],
  ["docker-gc --max-age off --min-free 15%", "remove only what it takes to have 15% free"],
  ["docker-gc --keep 'redis:*' --keep-label keep", "keep by name and by label"],
  ["docker-gc --only 'ci.example/**'", "only images of this registry"],
  ["docker-gc status --quota 50G", "how much of the limit is used, and what goes next"],
  ["docker-gc explain redis:7", "why this image stays or goes"],
  ["docker-gc history --since 7d", "what was removed in the last 7 days"],
  ["docker-gc history --since 1h --pull", "docker pull commands for what it removed in the last hour"],
] as const;

export const notation = [
  `SIZE has a unit: 500M, 50G, 1.5TiB. Units are 1024-based whatever their spelling. A number without one is bytes, and
  must be at least 1048576 (1 MiB): less is taken for a forgotten unit.
  PERCENT is a share of the filesystem that holds the images, as in 80%; it needs an engine on this host. DURATION has units, larger ones first: 90s, 36h, 7d, 1d12h, 2weeks, 1y (365 days).`,
  `PATTERN is a name, a glob, a digest, an image ID (12 digits or more), or re: and a regular expression. A name
  without a tag means latest, as in docker: "redis" is docker.io/library/redis:latest, "redis:*" is every tag of
  it. In a glob, * stays within one path component and ** stands for any number of whole ones: "team/*",
  "**/app:*". A regular expression is found anywhere in a name, and is tried on digests and IDs if it mentions sha256;
  it has neither look-around nor back-references.`,
];

export const environment = [
  `Every option but --help and --version can be set in the environment: --max-age is DOCKER_GC_MAX_AGE, --dry-run is
  DOCKER_GC_DRY_RUN=true (or false). Options that can be repeated take one item a line. What stands on the command line replaces
  the variable, lists included. A DOCKER_GC_* variable that is not known here is refused.`,
];

/**
 * The text of `--help`: plain, no line longer than `width` columns (60 to 100). Of the whole program, or of one
 * command alone.
 */
export function helpText(name: CommandName | null = null, width = 80): string {
  const columns = Math.max(narrowest, Math.min(widest, width));
  const sections = name === null ? helpOfProgram(columns) : helpOfCommand(name, columns);
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function helpOfProgram(columns: number): string[][] {
  const overview = [...commands, ...wordsForOptions].map(
    (each) => [[each.name, each.words].join(" ").trimEnd(), each.summary] as const,
  );
  return [
    section("Usage", ["  docker-gc [COMMAND] [OPTION]..."]),
    wrapText(descriptionOf(defaultCommand), columns),
    section("Commands", table(overview, columns)),
    ...optionSections(defaultCommand, columns),
    section("Notation", paragraphs(notation, columns)),
    section("Environment", paragraphs(environment, columns)),
    section("Examples", table(examples, columns)),
    section("Exit codes", table(Object.entries(exitCodes), columns)),
  ];
}

function helpOfCommand(name: CommandName, columns: number): string[][] {
  const words = findCommand(name)?.words ?? "";
  return [
    section("Usage", [
      `  ${["docker-gc", name, words, "[OPTION]..."].filter((word) => word !== "").join(" ")}`,
    ]),
    wrapText(descriptionOf(name), columns),
    ...optionSections(name, columns),
    wrapText("Notation, environment, examples and exit codes are in docker-gc --help.", columns),
  ];
}

function descriptionOf(name: CommandName): string {
  return findCommand(name)?.description ?? "";
}

function optionSections(command: CommandName, columns: number): string[][] {
  const taken = options.filter((option) => isTakenBy(option, command));
  const groups = optionGroups.filter((name) => taken.some(({ group }) => group === name));
  return groups.map((group) => section(group, optionTable(group, taken, columns)));
}

function section(title: string, lines: readonly string[]): string[] {
  return [`${title}:`, ...lines];
}

/** All groups share one column of terms, so that the descriptions line up. */
function optionTable(group: string, taken: readonly Option[], columns: number): string[] {
  const widths = taken.map((option) => termOf(option).length).filter((length) => length <= longestTerm);
  const rows = taken.filter((option) => option.group === group);
  return table(
    rows.map((option) => [termOf(option), meaningOf(option)] as const),
    columns,
    Math.max(...widths),
  );
}

export function termOf({ alias, name, placeholder }: Option): string {
  return `${alias === null ? "    " : `-${alias}, `}--${name} ${placeholder}`.trimEnd();
}

/** The description with its default. */
export function meaningOf(option: Option): string {
  const preset = option.default ?? option.defaultNote;
  const notes = [preset === null ? "" : `default: ${preset}`, option.kind === "list" ? "repeatable" : ""];
  const note = notes.filter((text) => text !== "").join("; ");
  if (note === "") return option.description;
  // A short note stays on one line.
  return `${option.description} (${note.length <= 20 ? note.replaceAll(" ", noBreak) : note})`;
}

/** Two columns; the second one is wrapped, and a term that is too long for the first one has a line of its own. */
function table(
  rows: readonly (readonly [string, string])[],
  columns: number,
  width = Math.max(...rows.map(([term]) => term.length)),
): string[] {
  const indent = 4 + width;
  return rows.flatMap(([term, text]) => {
    const lines = wrapText(text, columns - indent).map((line) => " ".repeat(indent) + line);
    const [first = "", ...others] = lines;
    const own = `  ${term}`;
    return term.length > width ? [own, ...lines] : [own + first.slice(own.length), ...others];
  });
}

function paragraphs(texts: readonly string[], columns: number): string[] {
  return texts.flatMap((text) => wrapText(text, columns - 2).map((line) => `  ${line}`));
}
