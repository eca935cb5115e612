import type { Ask } from "./commands.js";
import { argumentsIn, shellWords, type ScheduleEntry } from "./entry.js";

/** Timers whose service runs docker-gc. `scope`: whose units, the system's or this user's. */
export async function timersIn(ask: Ask, scope: "system" | "user"): Promise<ScheduleEntry[]> {
  const show = async (properties: string, units: readonly string[]) => {
    const whose = scope === "user" ? ["--user"] : [];
    const text = await ask("systemctl", [...whose, "show", `--property=${properties}`, "--", ...units]);
    return text === null ? [] : unitsIn(text);
  };
  // Only what is loaded matches; the timer by its usual name is asked for also where it is off.
  const asked = ["*.timer", "docker-gc.timer"];
  const timers = await show(
    "Id,LoadState,ActiveState,UnitFileState,Unit,TimersCalendar,TimersMonotonic",
    asked,
  );
  const known = new Map(
    timers.filter((timer) => timer["LoadState"] === "loaded").map((timer) => [timer["Id"] ?? "", timer]),
  );
  const services = [...known.values()].flatMap((timer) => timer["Unit"] ?? []);
  if (services.length === 0) return [];
  const commands = new Map(
    (await show("Id,ExecStart,Environment", services)).map((each) => [each["Id"] ?? "", each]),
  );
  return [...known].flatMap(([id, timer]) => {
    const service = commands.get(timer["Unit"] ?? "");
    const line = /argv\[\]=(.*?) ; /.exec(service?.["ExecStart"] ?? "")?.[1] ?? "";
    const words = argumentsIn(shellWords(line));
    if (words === null) return [];
    return [
      {
        where: id,
        when: calendarOf(timer),
        words,
        env: environmentIn(service?.["Environment"] ?? ""),
        state: stateOf(timer),
      },
    ];
  });
}

type Unit = Readonly<Record<string, string>>;

/** Blocks of `Name=value`, a unit each. */
function unitsIn(text: string): Unit[] {
  return text.split(/\n\n+/).map((block) => {
    const fields = block
      .split("\n")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
    // A timer may have several calendars: the first one will do.
    return Object.fromEntries(fields.reverse());
  });
}

/** `{ OnCalendar=*-*-* *:00/5:00 ; next_elapse=… }` */
function calendarOf(timer: Unit): string {
  const text = timer["TimersCalendar"] ?? timer["TimersMonotonic"] ?? "";
  return /\{ (?:OnCalendar=)?(.*?) ;/.exec(text)?.[1] ?? "at times that it does not tell";
}

function stateOf({ ActiveState: active, UnitFileState: file }: Unit): ScheduleEntry["state"] {
  if (active !== "active") return "off";
  return file === "disabled" ? "until-boot" : "on";
}

function environmentIn(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    shellWords(text).map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );
}
