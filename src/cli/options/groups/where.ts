import {
  flag,
  meeting,
  planning,
  remembering,
  running,
  value,
  writing,
  type ListedOption,
} from "../option.js";

export const where = [
  {
    ...value,
    name: "host",
    alias: "H",
    commands: meeting,
    placeholder: "URL",
    defaultNote: "as the docker command",
    description: "The engine: unix:///path, tcp://host:port or ssh://user@host.",
    daily: "The engine; else as for docker.",
  },
  {
    ...value,
    name: "context",
    alias: "c",
    commands: meeting,
    placeholder: "NAME",
    defaultNote: "as the docker command",
    description: "The engine of this docker context.",
    daily: "The engine of this docker context.",
  },
  {
    ...flag,
    name: "use-credential-helpers",
    commands: running,
    description:
      "Let --keep-unpullable start the credential helpers that docker's config.json names also as root.",
  },
  {
    ...value,
    name: "timeout",
    commands: meeting,
    placeholder: "DURATION",
    default: "60s",
    description: "Give up on an engine call after this; removals get ten times as long.",
  },
  {
    ...value,
    name: "run-timeout",
    commands: meeting,
    placeholder: "DURATION|off",
    default: "6h",
    description:
      "End the whole command after this, as SIGTERM does, with exit code 4. Waiting for the lock and --linger do not count.",
  },
  {
    ...value,
    name: "ledger",
    commands: remembering,
    placeholder: "FILE",
    defaultNote:
      "/var/lib/docker-gc/ledger.db for root, else docker-gc/ledger.db in $XDG_STATE_HOME or ~/.local/state",
    description: "The record of when each image was last used.",
  },
  {
    ...value,
    name: "history-age",
    commands: running,
    placeholder: "DURATION",
    default: "90d",
    description: "Keep the record of past runs and removals this long.",
  },
  {
    ...value,
    name: "lock-wait",
    commands: writing,
    placeholder: "DURATION",
    default: "0s",
    description:
      "Wait this long for another run to end before giving up; unless it is given, 5m with --since-mark.",
  },
  {
    ...value,
    name: "full-listing-every",
    commands: planning,
    placeholder: "DURATION|off",
    default: "24h",
    description:
      "Ask the engine for the list of all images this often. In between, its events say what has changed, where it announces every change.",
  },
  {
    ...flag,
    name: "full-listing",
    commands: planning,
    description: "Ask the engine for the list of all images now.",
  },
  {
    ...value,
    name: "linger",
    commands: running,
    placeholder: "DURATION",
    default: "0s",
    description:
      "After the report, stay this long and write down uses as they happen: for hosts whose engine forgets events before the next run. Not in a dry run.",
  },
] as const satisfies readonly ListedOption[];
