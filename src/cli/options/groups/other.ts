import { flag, remembering, value, type ListedOption } from "../option.js";

export const other = [
  {
    ...value,
    name: "config",
    commands: [...remembering, "mark"],
    placeholder: "FILE",
    defaultNote:
      "/etc/docker-gc/config.yaml for root, else docker-gc/config.yaml in $XDG_CONFIG_HOME or ~/.config",
    description: "Settings in YAML or JSON, by the long names of the options.",
  },
  {
    ...flag,
    name: "trust-files",
    commands: [...remembering, "mark"],
    description:
      "As root, take a config file, keep file or ledger that others can change, too: for folders that are shared on purpose.",
  },
  {
    ...flag,
    name: "help",
    alias: "h",
    commands: "all",
    description: "Show this help; -h shows what is needed daily, on one screen.",
    variable: null,
  },
  {
    ...flag,
    name: "version",
    commands: "all",
    description: "Show the version.",
    variable: null,
  },
] as const satisfies readonly ListedOption[];
