import { sanitize } from "../../report/sanitize.js";
import { effectiveOptions, type EffectiveOption } from "../effective-options.js";
import { resolveSettings } from "../settings.js";
import type { Task } from "../task.js";

/** `config`: every setting in effect, with its origin. Settings that a run would refuse are refused here, too. */
export function perform({ raw, surroundings }: Task): Promise<number> {
  const { output } = resolveSettings(raw, surroundings);
  const effective = effectiveOptions(raw);
  surroundings.stdout.write(output === "json" ? toJson(effective) : toText(effective));
  return Promise.resolve(0);
}

function toJson(effective: readonly EffectiveOption[]): string {
  const settings = Object.fromEntries(effective.map(({ name, value, origin }) => [name, { value, origin }]));
  return `${JSON.stringify({ schema: 1, settings }, null, 2)}\n`;
}

function toText(effective: readonly EffectiveOption[]): string {
  const rows = effective.map(({ name, value, origin }) => [name, written(value), origin].map(sanitize));
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}\n`).join("");
}

function written(value: EffectiveOption["value"]): string {
  if (value === null) return "-";
  return typeof value === "object" ? value.join(", ") : String(value);
}
