import { flag, remembering, running, value, type ListedOption } from "../option.js";

/** What is shown, and where. */
export const output = [
  {
    ...value,
    name: "since",
    commands: ["history"],
    placeholder: "TIME",
    defaultNote: "the beginning",
    description:
      "Only runs since then: a DURATION ago, a date, or a date and time such as 2026-01-31T10:00, of this host's time zone unless it names one.",
    daily: "Runs since then.",
    variable: null,
  },
  {
    ...value,
    name: "until",
    commands: ["history"],
    placeholder: "TIME",
    defaultNote: "now",
    description: "Only runs before then.",
    variable: null,
  },
  {
    ...value,
    name: "limit",
    commands: ["history"],
    placeholder: "N|off",
    default: "20",
    description: "Show at most N runs and N removals. The totals are of all, and so is JSON.",
    daily: "So many rows.",
    variable: null,
  },
  {
    ...flag,
    name: "pull",
    commands: ["history"],
    description:
      "Print a docker pull command, by digest, for each removed image that is not back: for a shell, after a removal too many.",
    daily: "docker pull commands for what went.",
    variable: null,
  },
  {
    ...value,
    name: "html",
    commands: ["report"],
    placeholder: "FILE",
    description: "The page to write. It may be new, or a former report.",
    variable: null,
  },
  {
    ...flag,
    name: "disk",
    commands: ["status"],
    description:
      "Show what else lies on the engine's disk: containers that ended and what they hold, volumes, build cache. Nothing of it is ever removed.",
    variable: null,
  },
  {
    ...value,
    name: "output",
    alias: "o",
    commands: "all",
    placeholder: "text|json|markdown",
    default: "text",
    description: "A report for people, one JSON document with everything in it, or GitHub's Markdown.",
    daily: "How the result is written.",
  },
  {
    ...value,
    name: "metrics-file",
    commands: [...running, "doctor"],
    placeholder: "FILE",
    description:
      "Leave metrics there in Prometheus' text format, for node_exporter's textfile collector. Not in a dry run.",
  },
  {
    ...flag,
    name: "quiet",
    alias: "q",
    commands: running,
    description: "Say nothing unless something needs a person; what lasts is reported once a day.",
    daily: "Say only what needs a person.",
  },
  {
    ...flag,
    name: "verbose",
    alias: "v",
    commands: remembering,
    description: "Say more: every image, and the rules.",
    daily: "Say more.",
  },
  {
    ...value,
    name: "color",
    commands: "all",
    placeholder: "auto|always|never",
    default: "auto",
    description: "Colour on a terminal, always, or never.",
  },
] as const satisfies readonly ListedOption[];
