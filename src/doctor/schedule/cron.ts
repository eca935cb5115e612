import { readdirSync } from "node:fs";
import { join } from "node:path";
import { attempt } from "../../core/text/attempt.js";
import { readFileNow } from "../../files/read-input.js";
import type { Ask } from "./commands.js";
import { argumentsIn, shellWords, type ScheduleEntry } from "./entry.js";

export interface CronPlaces {
  /** `/etc` */
  readonly folder: string;
  /** Whose lines in the system's tables count. */
  readonly user: string;
}

/** Lines of cron that run docker-gc: in the table of this user, in the system's, and in the folders for scripts. */
export async function cronLinesIn(ask: Ask, { folder, user }: CronPlaces): Promise<ScheduleEntry[]> {
  const own = (await ask("crontab", ["-l"])) ?? "";
  const tables = ["crontab", ...namesIn(join(folder, "cron.d")).map((name) => join("cron.d", name))];
  return [
    ...entriesIn(own, `the crontab of ${user}`, null),
    ...tables.flatMap((name) => entriesIn(readText(join(folder, name)), join(folder, name), user)),
    ...["hourly", "daily", "weekly", "monthly"].flatMap((period) =>
      scriptsIn(join(folder, `cron.${period}`), period),
    ),
  ];
}

const variable = /^\s*(\w+)\s*=\s*(.*?)\s*$/;
const fields = /^\s*(@\w+|(?:\S+\s+){4}\S+)\s+(.*)$/;

/** `user`: in tables that name one before the command; null where it is whose table it is. */
export function entriesIn(table: string, where: string, user: string | null): ScheduleEntry[] {
  const env: Record<string, string> = {};
  return table.split("\n").flatMap((line): ScheduleEntry[] => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name, value] = variable.exec(line) ?? [];
    if (name !== undefined && value !== undefined) {
      env[name] = value.replace(/^(["'])(.*)\1$/, "$2");
      return [];
    }
    const [, when = "", command = ""] = fields.exec(line) ?? [];
    const [, who, rest = ""] = user === null ? [null, user, command] : (/^(\S+)\s+(.*)$/.exec(command) ?? []);
    const words = who === user ? commandIn(rest) : null;
    if (words === null) return [];
    return [
      {
        where,
        when: when.replace(/\s+/g, " "),
        words: words.words,
        env: { ...env, ...words.env },
        state: "on",
      },
    ];
  });
}

/** Commands of a line, one behind the other: of `cd /x && docker-gc`, the second. */
function commandIn(line: string): Pick<ScheduleEntry, "words" | "env"> | null {
  for (const command of line.split(/&&|\|\||[;|](?=(?:[^"']|"[^"]*"|'[^']*')*$)/)) {
    const words = shellWords(command);
    const found = argumentsIn(words);
    if (found === null) continue;
    const set = words.flatMap((word) => {
      const [, name, value] = /^([A-Z_]\w*)=(.*)$/.exec(word) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    });
    return { words: found, env: Object.fromEntries(set) };
  }
  return null;
}

function scriptsIn(folder: string, period: string): ScheduleEntry[] {
  return namesIn(folder).flatMap((name): ScheduleEntry[] => {
    const where = join(folder, name);
    for (const line of readText(where).split("\n")) {
      const found = /^\s*#/.test(line) ? null : commandIn(line.replace(/^\s*exec\s/, ""));
      if (found !== null) return [{ where, when: period, ...found, state: "on" }];
    }
    return [];
  });
}

/** As cron's own: what has a dot in its name is left alone. */
function namesIn(folder: string): string[] {
  const names = attempt(() => readdirSync(folder), []);
  return names.filter((name) => /^[\w-]+$/.test(name)).sort();
}

/** Empty where this user may not read it. */
function readText(path: string): string {
  return attempt(() => readFileNow(path, { most: 1024 * 1024, links: "followed" }).toString("utf8"), "");
}
