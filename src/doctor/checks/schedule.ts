import { good, problem, skipped, type Check } from "../../core/results/checkup.js";
import type { Answered } from "../failed.js";
import type { ScheduleEntry } from "../schedule/entry.js";

/** One setting as text, and where it comes from. */
export interface SettingInEffect {
  readonly name: string;
  /** Null where it is not set, and has no default. */
  readonly text: string | null;
  readonly origin: string;
}

/** What starts runs, and what they would report. */
export interface ScheduledRun {
  readonly entry: ScheduleEntry;
  readonly settings: Answered<readonly SettingInEffect[]>;
}

export interface ScheduleScene {
  readonly runs: readonly ScheduledRun[];
  /** What this command, and others that are typed here, go by. */
  readonly own: readonly SettingInEffect[];
  /** Null: what starts runs on this host can be seen from here. */
  readonly hidden: string | null;
}

/** What makes images go; shown for each schedule. */
const limits = [
  "max-age",
  "untagged-age",
  "max-versions",
  "quota",
  "quota-target",
  "min-free",
  "min-free-inodes",
];

/** Whether anything starts runs here, and whether these go by what "status" and "explain" show. */
export function checkSchedule({ runs, own, hidden }: ScheduleScene): Check[] {
  const isOn = ({ entry }: ScheduledRun) => entry.state !== "off";
  const relevant = runs.some(isOn) ? runs.filter(isOn) : runs;
  if (relevant.length > 0) return relevant.map((run) => checkOne(run, own));
  if (hidden !== null) return [skipped("schedule", hidden)];
  const found = "nothing starts runs here: no timer of systemd and no line of cron names docker-gc";
  return [problem("schedule", found, "systemctl enable --now docker-gc.timer, or crontab -e (see examples)")];
}

function checkOne({ entry, settings }: ScheduledRun, own: readonly SettingInEffect[]): Check {
  const { where, when, state } = entry;
  const complain = (found: string, remedy: string) => problem("schedule", found, remedy, where);
  if (state === "off") return complain(`${where} is off`, `systemctl enable --now ${where}`);
  if (state === "until-boot")
    return complain(`${where} is off after the next boot`, `systemctl enable ${where}`);
  const starts = `${where} (${when}) starts runs`;
  if (settings.kind === "failed") {
    const sentence = settings.failure.message.replace(/\.$/, "");
    return complain(`${starts} that are refused: ${sentence}`, "mend its command line");
  }
  const there = new Map(settings.value.map((setting) => [setting.name, setting]));
  if (there.get("dry-run")?.text === "true")
    return complain(
      `${starts} that remove nothing, with dry-run`,
      "take that out of its command line or its config file",
    );
  const differing = own.filter(({ name, text }) => there.has(name) && there.get(name)?.text !== text);
  if (differing.length === 0) return good("schedule", `${starts} with ${limitsText(settings.value)}`, where);
  const list = differing.map(
    (setting) => `${setting.name} ${shown(there.get(setting.name))} and not ${shown(setting)}`,
  );
  return complain(
    `${starts} with other settings than this command: ${list.join(", ")}`,
    "set them in the config file alone, which all commands read",
  );
}

function limitsText(settings: readonly SettingInEffect[]): string {
  const set = settings.filter(({ name, text }) => limits.includes(name) && text !== null && text !== "off");
  return set.length === 0 ? "no limit" : set.map(({ name, text }) => `${name} ${String(text)}`).join(", ");
}

function shown(setting: SettingInEffect | undefined): string {
  return setting?.text == null ? "unset" : `${setting.text} (${setting.origin})`;
}
