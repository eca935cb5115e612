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
        env: Object.fromEntries(shellWords(service?.["Environment"] ?? "").map(assignment)),
        state: stateOf(timer),
      },
    ];
  });
}

type Unit = Readonly<Record<string, string>>;

/** Blocks of `Name=value`, a unit each. */
function unitsIn(text: string): Unit[] {
  return text.split(/\n\n+/).map((block) => {
    const fields = block.split("\n").map(assignment);
    // A timer may have several calendars: the first one will do.
    return Object.fromEntries(fields.reverse());
  });
}

function assignment(text: string): readonly [name: string, value: string] {
  const equals = text.indexOf("=");
  return [text.slice(0, equals), text.slice(equals + 1)];
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
