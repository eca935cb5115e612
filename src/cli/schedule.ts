import { platform } from "node:os";
import type { ScheduledRun, ScheduleScene, SettingInEffect } from "../doctor/checks/schedule.js";
import { answered } from "../doctor/failed.js";
import { hiddenSchedule } from "../doctor/hidden-schedule.js";
import { askProgram } from "../doctor/schedule/commands.js";
import { cronLinesIn } from "../doctor/schedule/cron.js";
import type { ScheduleEntry } from "../doctor/schedule/entry.js";
import { timersIn } from "../doctor/schedule/systemd.js";
import { userName } from "../ledger/file/lock-holder.js";
import type { Setting } from "../report/documents/config.js";
import { parseArguments } from "./options/arguments.js";
import { underlayConfigFile } from "./options/config-file/underlay.js";
import { effectiveOptions } from "./options/effective-options.js";
import { options } from "./options/options.js";
import { usageFailure } from "./options/usage-failure.js";
import type { Task } from "./task.js";

/** What starts runs on this host, and by which settings they and this command go. */
export async function findSchedule(task: Task): Promise<ScheduleScene> {
  const { raw, process } = task;
  const { env, uid } = process;
  const ask = askProgram(env);
  const entries = [
    ...(await timersIn(ask, "system")),
    ...(uid === 0 || uid === null ? [] : await timersIn(ask, "user")),
    ...(await cronLinesIn(ask, { folder: "/etc", user: userName() })),
  ];
  const runs: ScheduledRun[] = [];
  for (const entry of entries) runs.push({ entry, settings: await answered(() => settingsOf(entry, task)) });
  // Whoever gives an option here wants to know what would be with it.
  const own = inEffect(effectiveOptions(raw)).filter(
    ({ name, origin }) => name !== "dry-run" && !origin.startsWith("--"),
  );
  return { runs, own, hidden: hiddenSchedule(env, platform()) };
}

/** As the run would understand its command line; throws a Failure where it would refuse it. */
async function settingsOf(
  { words, env }: ScheduleEntry,
  { process, interruption }: Task,
): Promise<readonly SettingInEffect[]> {
  const request = parseArguments(words, env);
  if (request.kind !== "perform" || request.raw.command !== "run")
    throw usageFailure("They do not start a run.");
  const place = { ...process, env };
  return inEffect(effectiveOptions(await underlayConfigFile(request.raw, place, interruption.waiting)));
}

/** What decides what goes, and where that is written: the rest may differ. */
const telling = new Set<string>([
  ...options.filter(({ group }) => group === "What may go" || group === "What stays").map(({ name }) => name),
  ...["host", "context", "ledger", "metrics-file"],
]);

function inEffect(all: readonly Setting[]): readonly SettingInEffect[] {
  return all
    .filter(({ name }) => telling.has(name))
    .map(({ name, value, origin }) => ({ name, origin, text: textOf(value) }));
}

function textOf(value: Setting["value"]): string | null {
  if (typeof value === "object" && value !== null) return value.length === 0 ? null : value.join(", ");
  return value === null ? null : String(value);
}
