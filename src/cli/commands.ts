/** One command, as data: the command line, the help and the man page all read this table. */
export interface Command {
  readonly name: string;
  /** What the help writes behind the name; empty where only options follow. */
  readonly words: string;
  readonly fewest: number;
  readonly most: number;
  readonly summary: string;
  readonly description: string;
}

const withoutWords = { words: "", fewest: 0, most: 0 } as const;

export const commands = [
  {
    ...withoutWords,
    name: "run",
    summary: "Observe, remove what may go, and write down what was seen. The default.",
    description: `Removes Docker images by last use. Each run reads what the engine has done since the last one, notes in its
      ledger when each image was last used, and removes what has been idle for too long or does not fit in the quota. Images that a
      container refers to, in any state, always stay; nothing is ever forced.`,
  },
  {
    ...withoutWords,
    name: "status",
    summary: "Show usage against the limits, what goes next, and what was observed.",
    description: `Shows on one screen how things stand: what the images take of each limit, how much of the last 24 hours was
      observed, the last run, the images by verdict, and those that go next with the time until then. Takes the same options as a
      run, and nothing is removed or written.`,
  },
  {
    name: "explain",
    words: "IMAGE...",
    fewest: 1,
    most: Infinity,
    summary: "Show why images stay or go, and what would change that.",
    description: `Shows for each image when it was last used and by what, every rule with its outcome, and what would change the
      verdict; for one that was removed, when, why, and whether it came back. IMAGE is a name or its end ("web" for
      registry.example.com/shop/web), a digest, the beginning of an ID, or a PATTERN. Takes the same options as a run, and nothing
      is removed or written.`,
  },
  {
    name: "history",
    words: "[PATTERN...]",
    fewest: 0,
    most: Infinity,
    summary: "Show past runs and what they removed.",
    description: `Shows past runs and removals as the ledger has them, newest first, with totals. With PATTERNs, only removals of images
      that one of them matches. Needs no engine; of a ledger of several engines, it shows each.`,
  },
  {
    ...withoutWords,
    name: "what-if",
    summary: "Show what other quotas would have kept, removed and pulled again.",
    description: `Replays the uses that the ledger has logged, with each quota, and shows what would have been kept, removed, and pulled
      again. --quota takes a range (10G..100G) or a list (10G,20G,50G) here. By the quota alone: other limits and keep rules take no
      part, and what the ledger did not see used counts as unused. Needs no engine; of a ledger of several engines, it shows each.`,
  },
  {
    ...withoutWords,
    name: "report",
    summary: "Make a page for a browser of what the ledger remembers.",
    description: `Writes one self-contained page to --html FILE: the bytes over time against the quota, what holds them, when each image was
      there, used and removed, what was observed, and the removals with their reasons. For its owner only, as the ledger is. Needs no
      engine and no network; of a ledger of several engines, it shows each.`,
  },
  {
    name: "mark",
    words: "FILE",
    fewest: 1,
    most: 1,
    summary: "Write down which images there are, at the beginning of a job.",
    description: `Writes which images the engine has into FILE, for "run --since-mark FILE" at the end of the job: what the job has made
      goes then, and what was there before stays. Needs no ledger. FILE may be new, empty, or a former mark.`,
  },
  {
    ...withoutWords,
    name: "config",
    summary: "Show the settings in effect, and where each comes from.",
    description: `Shows every setting as a run with the same options, environment and files would have it, and where each comes
      from. Nothing is asked of the engine and nothing is written.`,
  },
  {
    ...withoutWords,
    name: "doctor",
    summary: "Look for what keeps runs from doing their work, and say what to do.",
    description: `Looks at all that a run needs, and changes nothing: the engine and each call of its API, its events and its clock,
      certificates, the ledger, room on its disk, the metrics file, limits and rules, past runs, and what starts runs on this host.
      Each is a line, with what to do where something is wrong; then the exit code is 6. Takes the same options as a run.`,
  },
  {
    name: "completion",
    words: "bash|zsh|fish",
    fewest: 1,
    most: 1,
    summary: "Print a script that completes commands and options in a shell.",
    description: `Prints a script that makes a shell complete commands, options, contexts, and names of images that the ledger knows. For one session of bash:
      source <(docker-gc completion bash). For all: put it where the shell looks for completions, such as
      /etc/bash_completion.d/docker-gc, a file _docker-gc in zsh's fpath, or ~/.config/fish/completions/docker-gc.fish.`,
  },
  {
    name: "import",
    words: "FILE...",
    fewest: 1,
    most: Infinity,
    summary: "Take over the last uses that docuum or IoT Edge has written down.",
    description: `Takes last uses from docuum's state.yml or IoT Edge's image_use into a new ledger, so that moving over does not begin with
      nothing. Run it once, before the first run, when the other tool has been stopped. A use never moves a last use that is known
      backward, and no creation date is taken for a use. The time from an image's last use to the latest use of any image in the
      file counts as idle: the other tool was there at both ends. Nothing is removed; --dry-run shows what would be taken over.`,
  },
] as const satisfies readonly Command[];

/** What is an option, too, for those who type it as a command. */
export const wordsForOptions = [
  { name: "help", words: "[COMMAND]", summary: "Show the help of the program or of a command, as --help." },
  { name: "version", words: "", summary: "Show the version, as --version." },
] as const;

type KnownCommand = (typeof commands)[number];

export type CommandName = KnownCommand["name"];

/** Of a command line that names none. */
export const defaultCommand = "run" satisfies CommandName;

export function findCommand(name: string): KnownCommand | undefined {
  return commands.find((command) => command.name === name);
}
