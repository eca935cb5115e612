import { commands, defaultCommand, wordsForOptions, type CommandName } from "../commands.js";
import type { Option } from "../options/option.js";
import { isTakenBy, options } from "../options/options.js";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/** What a shell can offer for the value of an option or for a word. */
interface Offer {
  readonly choices: readonly string[];
  readonly files: "files" | "none";
}

const program = "docker-gc";

/** A script for the shell to read, made of the tables that the command line and the help are made of. */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case "bash":
      return bashScript();
    case "zsh":
      return zshScript();
    case "fish":
      return fishScript();
  }
}

/** By its placeholder: `FILE` stands for files, and what is written small for itself. */
function offerOf(placeholder: string): Offer {
  const parts = placeholder.split("|");
  return {
    choices: parts.filter((part) => /^[a-z-]+$/.test(part)),
    files: parts.includes("FILE") ? "files" : "none",
  };
}

function takenBy(command: CommandName): readonly Option[] {
  return options.filter((option) => isTakenBy(option, command));
}

function spellingsOf({ alias, name }: Option): string[] {
  return [`--${name}`, ...(alias === null ? [] : [`-${alias}`])];
}

const names = commands.map(({ name }) => name);
const allWords = [...commands, ...wordsForOptions];

// Bash splits words at "=", so that `--output=json` comes as three.
function bashScript(): string {
  return `# bash completion for ${program}; to be read by: source <(${program} completion bash)
_docker_gc() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command="" word
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $previous == "=" ]]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      ${allWords.map(({ name }) => name).join("|")}) command=$word; break ;;
    esac
  done
  case $previous in
${bashValues().join("\n")}
  esac
  if [[ $current == -* ]]; then
    case \${command:-${defaultCommand}} in
${names.map((name) => `      ${name}) word="${takenBy(name).flatMap(spellingsOf).join(" ")}" ;;`).join("\n")}
    esac
  else
    case $command in
      "") word="${allWords.map(({ name }) => name).join(" ")}" ;;
      help) word="${names.join(" ")}" ;;
${commands.map(({ name, words }) => `      ${name}) word="${offerOf(words).choices.join(" ")}" ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$word" -- "$current"))
}
complete -F _docker_gc ${program}
`;
}

/** One line for all options with the same values. */
function bashValues(): string[] {
  const byOffer = new Map<string, string[]>();
  const withValue: readonly Option[] = options.filter(({ kind }) => kind !== "flag");
  for (const option of withValue) {
    const offer = bashOffer(offerOf(option.placeholder));
    byOffer.set(offer, [...(byOffer.get(offer) ?? []), ...spellingsOf(option)]);
  }
  return [...byOffer].map(([offer, spellings]) => `    ${spellings.join("|")}) ${offer}return ;;`);
}

function bashOffer({ choices, files }: Offer): string {
  // A name of a file may have blanks, and so only a line's end separates two.
  if (files === "files")
    return `local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); `;
  return choices.length === 0 ? "" : `COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current")); `;
}

function zshScript(): string {
  const cases = commands.map(({ name, words }) => {
    const lines = [...takenBy(name).flatMap(zshOptions), ...zshWords(words)];
    return `    ${name})\n      _arguments -s ${lines.map((line) => `\\\n        ${line}`).join(" ")}\n      ;;`;
  });
  const descriptions = allWords.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  return `#compdef ${program}
# zsh completion for ${program}; to be read by: source <(${program} completion zsh)
_docker_gc() {
  local command=${defaultCommand} word
  local -a commands
  commands=(
${descriptions.join("\n")}
  )
  for word in \${words[2,CURRENT-1]}; do
    if (( \${commands[(I)$word:*]} )); then
      command=$word
      words=(\${words[1]} \${words[2,-1]:#$word})
      (( CURRENT -= 1 ))
      break
    fi
  done
  if [[ \${words[CURRENT]} != -* && $command == ${defaultCommand} && \${words[CURRENT-1]} != -* ]]; then
    _describe command commands
    return
  fi
  case $command in
${cases.join("\n")}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _docker_gc "$@"
else
  compdef _docker_gc ${program}
fi
`;
}

function zshOptions(option: Option): string[] {
  const { kind, placeholder, description } = option;
  const repeat = kind === "list" ? "*" : "";
  const value =
    kind === "flag" ? "" : `:${placeholder.replaceAll(":", "\\:")}:${zshOffer(offerOf(placeholder))}`;
  const text = description.replaceAll(/[[\]]/g, "\\$&").replaceAll(":", "\\:");
  return spellingsOf(option).map((spelling) => {
    const separator = kind === "flag" ? "" : spelling.startsWith("--") ? "=" : "+";
    return quoted(`${repeat}${spelling}${separator}[${text}]${value}`);
  });
}

function zshOffer({ choices, files }: Offer): string {
  if (files === "files") return "_files";
  return choices.length === 0 ? " " : `(${choices.join(" ")})`;
}

function zshWords(words: string): string[] {
  const { choices } = offerOf(words);
  return choices.length === 0 ? [] : [quoted(`:${words}:(${choices.join(" ")})`)];
}

function fishScript(): string {
  const others = names.filter((name) => name !== defaultCommand).join(" ");
  const conditionOf = (name: CommandName) =>
    name === defaultCommand
      ? `not __fish_seen_subcommand_from ${others}`
      : `__fish_seen_subcommand_from ${name}`;
  const lines = commands.flatMap(({ name, words, summary }) => {
    const condition = quoted(conditionOf(name));
    const { choices } = offerOf(words);
    return [
      `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...takenBy(name).map((option) => `complete -c ${program} -n ${condition} ${fishOption(option)}`),
      ...(choices.length === 0
        ? []
        : [`complete -c ${program} -n ${condition} -a ${quoted(choices.join(" "))}`]),
    ];
  });
  return [
    `# fish completion for ${program}; to be read by: ${program} completion fish | source`,
    `complete -c ${program} -f`,
    ...lines,
    ...wordsForOptions.map(
      ({ name, summary }) =>
        `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    `complete -c ${program} -n ${quoted("__fish_seen_subcommand_from help")} -a ${quoted(names.join(" "))}`,
    "",
  ].join("\n");
}

function fishOption({ alias, name, kind, placeholder, description }: Option): string {
  const { choices, files } = offerOf(placeholder);
  const value = [
    // Without -x, fish offers files as well.
    ...(kind === "flag" ? [] : [files === "files" ? "-r -F" : "-x"]),
    ...(choices.length === 0 ? [] : [`-a ${quoted(choices.join(" "))}`]),
  ];
  const short = alias === null ? [] : [`-s ${alias}`];
  return [...short, `-l ${name}`, ...value, `-d ${quoted(description)}`].join(" ");
}

/** For all three shells: nothing is special between single quotes but their end (and, in fish, a backslash). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "’")}'`;
}
