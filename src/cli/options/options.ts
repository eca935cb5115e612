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
  /** Environment variable; null for what only makes sense on a command line. */
  readonly variable: string | null;
}

export const optionGroups = ["What may go", "What stays", "Where", "Output", "Other"] as const;

type OptionGroup = (typeof optionGroups)[number];

/** Who carries a plan out. */
const running = ["run", "config"] as const;
/** Who makes a plan. */
const planning = [...running, "status", "explain"] as const;
/** Who has a ledger to write. */
const writing = [...running, "import"] as const;
/** Who asks an engine. */
const asking = [...planning, "import"] as const;
/** Who reads the ledger. */
const remembering = [...asking, "history"] as const;

const usual = { alias: null, default: null, defaultNote: null } as const;
const flag = { ...usual, kind: "flag", placeholder: "" } as const;
const value = { ...usual, kind: "value" } as const;
const list = { ...usual, kind: "list" } as const;

export const options = [
  {
    ...flag,
    name: "dry-run",
    alias: "n",
    group: "What may go",
    commands: asking,
    description: "Show the plan; remove nothing and write nothing.",
    variable: "DOCKER_GC_DRY_RUN",
  },
  {
    ...value,
    name: "max-age",
    group: "What may go",
    commands: planning,
    placeholder: "DURATION|off",
    default: "7d",
    description: "Remove images that have been idle this long. Only time that was really observed counts.",
    variable: "DOCKER_GC_MAX_AGE",
  },
  {
    ...value,
    name: "untagged-age",
    group: "What may go",
    commands: planning,
    placeholder: "DURATION|off",
    defaultNote: "as --max-age",
    description: "The same for images without any name, and for those that have lost their last tag.",
    variable: "DOCKER_GC_UNTAGGED_AGE",
  },
  {
    ...value,
    name: "max-versions",
    group: "What may go",
    commands: planning,
    placeholder: "N",
    defaultNote: "no limit",
    description:
      "Of every repository, remove all but the N most recently used images; one of several repositories goes only if it is beyond N in each.",
    variable: "DOCKER_GC_MAX_VERSIONS",
  },
  {
    ...value,
    name: "quota",
    group: "What may go",
    commands: planning,
    placeholder: "SIZE|PERCENT|off",
    default: "off",
    description:
      "Let all images together take this much, and remove what is needed last beyond it (see --order).",
    variable: "DOCKER_GC_QUOTA",
  },
  {
    ...value,
    name: "quota-target",
    group: "What may go",
    commands: planning,
    placeholder: "SIZE|PERCENT",
    defaultNote: "the quota",
    description: "Once over the quota, go down to this.",
    variable: "DOCKER_GC_QUOTA_TARGET",
  },
  {
    ...value,
    name: "free",
    group: "What may go",
    commands: planning,
    placeholder: "SIZE",
    description: "Free this much in this one run, the least recently used first, whatever else is free.",
    variable: null,
  },
  {
    ...value,
    name: "min-free",
    group: "What may go",
    commands: planning,
    placeholder: "SIZE|PERCENT|off",
    default: "off",
    description:
      "Have this much free on the filesystem that holds the images, and remove what is needed last until it is (see --order).",
    variable: "DOCKER_GC_MIN_FREE",
  },
  {
    ...value,
    name: "min-free-inodes",
    group: "What may go",
    commands: planning,
    placeholder: "N|PERCENT",
    default: "off",
    description: "Have this many inodes free there; measured again before each removal.",
    variable: "DOCKER_GC_MIN_FREE_INODES",
  },
  {
    ...value,
    name: "order",
    group: "What may go",
    commands: planning,
    placeholder: "next-use|last-use",
    default: "next-use",
    description:
      "By what a quota and free space choose: what is expected to be used soonest stays, as past uses tell, or what was used last.",
    variable: "DOCKER_GC_ORDER",
  },
  {
    ...list,
    name: "only",
    group: "What may go",
    commands: planning,
    placeholder: "PATTERN",
    defaultNote: "everything",
    description: "Leave alone all images that match none of these.",
    variable: "DOCKER_GC_ONLY",
  },
  {
    ...value,
    name: "max-removals",
    group: "What may go",
    commands: planning,
    placeholder: "N",
    defaultNote: "no limit",
    description: "Remove at most this many images in one run.",
    variable: "DOCKER_GC_MAX_REMOVALS",
  },
  {
    ...value,
    name: "max-removed-share",
    group: "What may go",
    commands: planning,
    placeholder: "PERCENT",
    default: "off",
    description:
      "Remove nothing in a run that would remove more than this share of all images, and end with exit code 6, unless --yes is given.",
    variable: "DOCKER_GC_MAX_REMOVED_SHARE",
  },
  {
    ...flag,
    name: "yes",
    group: "What may go",
    commands: planning,
    description: "Remove without asking at a terminal, and whatever --max-removed-share says.",
    variable: null,
  },
  {
    ...value,
    name: "grace",
    group: "What stays",
    commands: planning,
    placeholder: "DURATION",
    default: "1h",
    description: "Never remove what was first seen, pulled, built or used less than this ago.",
    variable: "DOCKER_GC_GRACE",
  },
  {
    ...value,
    name: "keep-recent",
    group: "What stays",
    commands: planning,
    placeholder: "N",
    default: "1",
    description: "Always keep the N most recently used images.",
    variable: "DOCKER_GC_KEEP_RECENT",
  },
  {
    ...value,
    name: "keep-newest",
    group: "What stays",
    commands: planning,
    placeholder: "N",
    default: "0",
    description:
      "Keep the N most recently used images of every repository; several tags of one image count once.",
    variable: "DOCKER_GC_KEEP_NEWEST",
  },
  {
    ...flag,
    name: "keep-local",
    group: "What stays",
    commands: planning,
    description: "Keep images that no registry is known to have: built or loaded here, never pushed.",
    variable: "DOCKER_GC_KEEP_LOCAL",
  },
  {
    ...list,
    name: "keep",
    group: "What stays",
    commands: planning,
    placeholder: "PATTERN",
    description: "Keep images with a matching name, digest or ID.",
    variable: "DOCKER_GC_KEEP",
  },
  {
    ...list,
    name: "keep-label",
    group: "What stays",
    commands: planning,
    placeholder: "KEY[=VALUE]",
    description: "Keep images with this label.",
    variable: "DOCKER_GC_KEEP_LABEL",
  },
  {
    ...flag,
    name: "ignore-keep-label",
    group: "What stays",
    commands: planning,
    description: "Let images with the label docker-gc.keep go: whoever pushes an image can give it one.",
    variable: "DOCKER_GC_IGNORE_KEEP_LABEL",
  },
  {
    ...value,
    name: "keep-file",
    group: "What stays",
    commands: planning,
    placeholder: "FILE",
    description: "Keep what the patterns in this file match: one a line, # starts a comment.",
    variable: "DOCKER_GC_KEEP_FILE",
  },
  {
    ...value,
    name: "host",
    alias: "H",
    group: "Where",
    commands: asking,
    placeholder: "URL",
    defaultNote: "as the docker command",
    description: "The engine: unix:///path, tcp://host:port or ssh://user@host.",
    variable: "DOCKER_GC_HOST",
  },
  {
    ...value,
    name: "context",
    alias: "c",
    group: "Where",
    commands: asking,
    placeholder: "NAME",
    defaultNote: "as the docker command",
    description: "The engine of this docker context.",
    variable: "DOCKER_GC_CONTEXT",
  },
  {
    ...value,
    name: "timeout",
    group: "Where",
    commands: asking,
    placeholder: "DURATION",
    default: "60s",
    description: "Give up on an engine call after this; removals get ten times as long.",
    variable: "DOCKER_GC_TIMEOUT",
  },
  {
    ...value,
    name: "run-timeout",
    group: "Where",
    commands: asking,
    placeholder: "DURATION|off",
    default: "6h",
    description:
      "End the whole command after this, as SIGTERM does, with exit code 4. Waiting for the lock and --linger do not count.",
    variable: "DOCKER_GC_RUN_TIMEOUT",
  },
  {
    ...value,
    name: "ledger",
    group: "Where",
    commands: remembering,
    placeholder: "FILE",
    defaultNote:
      "/var/lib/docker-gc/ledger.db for root, else docker-gc/ledger.db in $XDG_STATE_HOME or ~/.local/state",
    description: "The record of when each image was last used.",
    variable: "DOCKER_GC_LEDGER",
  },
  {
    ...value,
    name: "history-age",
    group: "Where",
    commands: running,
    placeholder: "DURATION",
    default: "90d",
    description: "Keep the record of past runs and removals this long.",
    variable: "DOCKER_GC_HISTORY_AGE",
  },
  {
    ...value,
    name: "lock-wait",
    group: "Where",
    commands: writing,
    placeholder: "DURATION",
    default: "0s",
    description: "Wait this long for another run to end before giving up.",
    variable: "DOCKER_GC_LOCK_WAIT",
  },
  {
    ...value,
    name: "full-listing-every",
    group: "Where",
    commands: planning,
    placeholder: "DURATION|off",
    default: "24h",
    description:
      "Ask the engine for the list of all images this often; between, its events tell what has changed, where it announces every change.",
    variable: "DOCKER_GC_FULL_LISTING_EVERY",
  },
  {
    ...flag,
    name: "full-listing",
    group: "Where",
    commands: planning,
    description: "Ask the engine for the list of all images now.",
    variable: "DOCKER_GC_FULL_LISTING",
  },
  {
    ...value,
    name: "linger",
    group: "Where",
    commands: running,
    placeholder: "DURATION",
    default: "0s",
    description:
      "After the report, stay this long and write down uses as they happen: for hosts whose engine forgets events before the next run. Not in a dry run.",
    variable: "DOCKER_GC_LINGER",
  },
  {
    ...value,
    name: "since",
    group: "Output",
    commands: ["history"],
    placeholder: "TIME",
    defaultNote: "the beginning",
    description:
      "Only runs since then: a DURATION ago, a date, or a date and time such as 2026-01-31T10:00 (UTC).",
    variable: null,
  },
  {
    ...value,
    name: "until",
    group: "Output",
    commands: ["history"],
    placeholder: "TIME",
    defaultNote: "now",
    description: "Only runs before then.",
    variable: null,
  },
  {
    ...value,
    name: "limit",
    group: "Output",
    commands: ["history"],
    placeholder: "N|off",
    default: "20",
    description: "Show at most N runs and N removals. The totals are of all, and so is JSON.",
    variable: null,
  },
  {
    ...flag,
    name: "pull",
    group: "Output",
    commands: ["history"],
    description:
      "Print a docker pull command, by digest, for each removed image that is not back: for a shell, after a removal too many.",
    variable: null,
  },
  {
    ...value,
    name: "output",
    alias: "o",
    group: "Output",
    commands: "all",
    placeholder: "text|json|markdown",
    default: "text",
    description: "A report for people, one JSON document with everything in it, or GitHub's Markdown.",
    variable: "DOCKER_GC_OUTPUT",
  },
  {
    ...value,
    name: "metrics-file",
    group: "Output",
    commands: running,
    placeholder: "FILE",
    description:
      "Leave metrics there in Prometheus' text format, for node_exporter's textfile collector. Not in a dry run.",
    variable: "DOCKER_GC_METRICS_FILE",
  },
  {
    ...flag,
    name: "quiet",
    alias: "q",
    group: "Output",
    commands: running,
    description: "Say nothing unless something needs a person; what lasts is told once a day.",
    variable: "DOCKER_GC_QUIET",
  },
  {
    ...flag,
    name: "verbose",
    alias: "v",
    group: "Output",
    commands: remembering,
    description: "Say more: every image, and the rules.",
    variable: "DOCKER_GC_VERBOSE",
  },
  {
    ...value,
    name: "color",
    group: "Output",
    commands: "all",
    placeholder: "auto|always|never",
    default: "auto",
    description: "Colour on a terminal, always, or never.",
    variable: "DOCKER_GC_COLOR",
  },
  {
    ...value,
    name: "config",
    group: "Other",
    commands: remembering,
    placeholder: "FILE",
    defaultNote:
      "/etc/docker-gc/config.yaml for root, else docker-gc/config.yaml in $XDG_CONFIG_HOME or ~/.config",
    description: "Settings in YAML or JSON, by the long names of the options.",
    variable: "DOCKER_GC_CONFIG",
  },
  {
    ...flag,
    name: "trust-files",
    group: "Other",
    commands: remembering,
    description:
      "As root, take a config file, keep file or ledger that others can change, too: for folders that are shared on purpose.",
    variable: "DOCKER_GC_TRUST_FILES",
  },
  {
    ...flag,
    name: "help",
    alias: "h",
    group: "Other",
    commands: "all",
    description: "Show this help.",
    variable: null,
  },
  {
    ...flag,
    name: "version",
    group: "Other",
    commands: "all",
    description: "Show the version.",
    variable: null,
  },
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
