import { commands, defaultCommand, wordsForOptions, type CommandName } from "../commands.js";
import type { Option } from "../options/option.js";
import { isTakenBy, options } from "../options/options.js";
import { completeWord } from "../docker-plugin/metadata.js";
import { offerOf, type Offer } from "./offer.js";

export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

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

function takenBy(command: CommandName): readonly Option[] {
  return options.filter((option) => isTakenBy(option, command));
}

function spellingsOf({ alias, name }: Option): string[] {
  return [`--${name}`, ...(alias === null ? [] : [`-${alias}`])];
}

const names = commands.map(({ name }) => name);
const allWords = [...commands, ...wordsForOptions];

// Bash splits words at "=" and ":", so that `--output=json` and `redis:7` come as three; the line itself has them whole. What it
// puts in their place is only what is behind the last of these.
function bashScript(): string {
  return `# bash completion for ${program}; to be read by: source <(${program} completion bash)
_docker_gc_known() {
  local line=\${COMP_LINE:0:COMP_POINT} typed value IFS=$'\\n'
  local -a before
  if [[ -z $line ]]; then
    before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}") typed=\${COMP_WORDS[COMP_CWORD]#=}
  else
    typed=\${line##*[[:blank:]]}
    IFS=$' \\t\\n' read -ra before <<<"\${line%"$typed"}"
    before=("\${before[@]:1}")
  fi
  value=$typed
  [[ $typed == --*=* ]] && value=\${typed#*=}
  COMPREPLY=($(${program} ${completeWord} "\${before[@]}" "$typed" 2>/dev/null | sed -e '/^:[0-9]*$/d' -e $'s/\\t.*//'))
  [[ $COMP_WORDBREAKS == *:* && $value == *:* ]] && COMPREPLY=("\${COMPREPLY[@]#"\${value%:*}:"}")
  return 0
}
_docker_gc() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous command="" word at=$COMP_CWORD
  while (( at > 1 )) && [[ \${COMP_WORDS[at]} == ":" || \${COMP_WORDS[at-1]} == ":" ]]; do
    (( at -= 1 ))
  done
  previous=\${COMP_WORDS[at-1]}
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $previous == "=" ]]; then
    previous=\${COMP_WORDS[at-2]}
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
${commands.map(({ name, words }) => `      ${name}) ${bashWords(words)} ;;`).join("\n")}
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

function bashWords(words: string): string {
  const { choices, known } = offerOf(words);
  return known === "images" ? "_docker_gc_known; return" : `word="${choices.join(" ")}"`;
}

function bashOffer({ choices, known }: Offer): string {
  if (known === "images" || known === "contexts") return "_docker_gc_known; ";
  // A name of a file may have blanks, and so only a line's end separates two.
  if (known === "files")
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
_docker_gc_known() {
  local -a known
  known=(\${(f)"$(${program} ${completeWord} $docker_gc_before "$IPREFIX$PREFIX" 2>/dev/null)"})
  known=(\${\${known:#:[0-9]#}%%$'\\t'*})
  compadd -a known
}
_docker_gc() {
  setopt local_options extended_glob
  local command=${defaultCommand} word
  local -a commands docker_gc_before
  docker_gc_before=(\${(Q)words[2,CURRENT-1]})
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
    help) _describe command commands ;;
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

function zshOffer({ choices, known }: Offer): string {
  if (known === "images" || known === "contexts") return "_docker_gc_known";
  if (known === "files") return "_files";
  return choices.length === 0 ? " " : `(${choices.join(" ")})`;
}

function zshWords(words: string): string[] {
  const { choices, known } = offerOf(words);
  if (known === "files") return [quoted("*:FILE:_files")];
  if (known === "images") return [quoted("*:IMAGE:_docker_gc_known")];
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
    const { choices, known } = offerOf(words);
    return [
      `complete -c ${program} -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...takenBy(name).map((option) => `complete -c ${program} -n ${condition} ${fishOption(option)}`),
      ...(choices.length === 0
        ? []
        : [`complete -c ${program} -n ${condition} -a ${quoted(choices.join(" "))}`]),
      ...(known === "files" ? [`complete -c ${program} -n ${condition} -F`] : []),
      ...(known === "images"
        ? [`complete -c ${program} -n ${condition} -a ${quoted("(__docker_gc_known)")}`]
        : []),
    ];
  });
  return [
    `# fish completion for ${program}; to be read by: ${program} completion fish | source`,
    "function __docker_gc_known",
    "  set -l words (commandline -opc) (commandline -ct)",
    `  ${program} ${completeWord} $words[2..] 2>/dev/null | string match -rv '^:\\d+$'`,
    "end",
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
  const { choices, known } = offerOf(placeholder);
  const values = known === "images" || known === "contexts" ? ["(__docker_gc_known)"] : choices;
  const value = [
    // Without -x, fish offers files as well.
    ...(kind === "flag" ? [] : [known === "files" ? "-r -F" : "-x"]),
    ...(values.length === 0 ? [] : [`-a ${quoted(values.join(" "))}`]),
  ];
  const short = alias === null ? [] : [`-s ${alias}`];
  return [...short, `-l ${name}`, ...value, `-d ${quoted(description)}`].join(" ");
}

/** For all three shells: nothing is special between single quotes but their end (and, in fish, a backslash). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "’")}'`;
}
