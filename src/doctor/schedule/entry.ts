/** What starts runs on this host. */
export interface ScheduleEntry {
  /** `docker-gc.timer`, or the file with the line. */
  readonly where: string;
  /** As it stands there: a calendar of systemd, or five fields of cron. */
  readonly when: string;
  /** What stands behind the program's name. */
  readonly words: readonly string[];
  /** What is set there besides. */
  readonly env: Readonly<Record<string, string>>;
  /** `off`: it starts nothing now; `until-boot`: nothing after the next boot. */
  readonly state: "on" | "off" | "until-boot";
}

const program = /(?:^|\/)docker-gc(?:-linux-\w+)?$/;

/** The arguments in a command that runs docker-gc, itself or as a plugin; null in another one. */
export function argumentsIn(words: readonly string[]): readonly string[] | null {
  const at = words.findIndex((word) => program.test(word));
  if (at >= 0) return words.slice(at + 1);
  const docker = words.findIndex((word, index) => /(?:^|\/)docker$/.test(word) && words[index + 1] === "gc");
  return docker < 0 ? null : words.slice(docker + 2);
}

/** The words of a shell's line up to what ends the command: quotes are taken off, and nothing is put in for variables. */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  const word = /\s*(?:([;&|<>#].*)|((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\;&|<>])+))/y;
  for (let match = word.exec(line); match !== null; match = word.exec(line)) {
    if (match[2] === undefined) {
      // A redirection with its number in front, or the end.
      if (/^[<>]/.test(match[1] ?? "") && /^\d$/.test(words.at(-1) ?? "")) words.pop();
      break;
    }
    words.push(match[2].replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, unquoted));
  }
  return words;
}

function unquoted(_: string, single?: string, double?: string, escaped?: string): string {
  return single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? "";
}
