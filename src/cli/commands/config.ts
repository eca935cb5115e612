import { resolveEndpoint, showEndpoint } from "../../engine/locate/endpoint.js";
import { createPalette, type Palette } from "../../report/layout/palette.js";
import { schema } from "../../report/json/report.js";
import { sanitize } from "../../report/layout/sanitize.js";
import { toDocument } from "../../report/json/to-document.js";
import { effectiveOptions, type EffectiveOption } from "../options/effective-options.js";
import { ledgerPathOf } from "../ledger-path.js";
import { resolveSettings, type Settings } from "../options/settings.js";
import type { Surroundings } from "../surroundings.js";
import type { Task } from "../task.js";

/** `config`: every setting in effect, with its origin. Settings that a run would refuse are refused here, too. */
export function perform({ raw, surroundings }: Task): Promise<number> {
  const settings = resolveSettings(raw, surroundings);
  const found = placesOf(settings, surroundings);
  const effective = effectiveOptions(raw).map((option) => ({ ...option, ...found.get(option.name) }));
  const { stdout, env } = surroundings;
  const text =
    settings.output === "json"
      ? toJson(effective)
      : toText(effective, createPalette(settings.color, stdout, env));
  stdout.write(text);
  return Promise.resolve(0);
}

/** What a run would find by itself, in place of nothing; and an address without its credentials. */
function placesOf(
  settings: Settings,
  surroundings: Surroundings,
): ReadonlyMap<string, Partial<EffectiveOption>> {
  const { endpoint, origin } = resolveEndpoint(settings, surroundings);
  return new Map([
    ["host", { value: showEndpoint(endpoint), origin }],
    ["ledger", { value: ledgerPathOf(settings, surroundings) }],
  ]);
}

function toJson(effective: readonly EffectiveOption[]): string {
  const settings = Object.fromEntries(effective.map(({ name, ...rest }) => [name, rest]));
  return toDocument({ schema, kind: "settings", settings });
}

/** A longer value pushes its origin to the right instead of all others. */
const widestValue = 24;

/** One line for each setting, and for each item of a list. What is not as by default stands out. */
function toText(effective: readonly EffectiveOption[], palette: Palette): string {
  const rows = effective.flatMap(linesOf);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [first = 0, second = 0] = widths;
  return rows
    .map(([name, value, origin]) => {
      const line = `${name.padEnd(first)}  ${value.padEnd(Math.min(second, widestValue))}  ${origin}\n`;
      return origin === "default" ? palette.faint(line) : line;
    })
    .join("");
}

function linesOf(option: EffectiveOption): [string, string, string][] {
  const { name, value, origin, origins } = option;
  const texts = typeof value === "object" && value !== null ? value : [value === null ? "-" : String(value)];
  const lines = texts.length === 0 ? ["-"] : texts;
  return lines.map((text, index) => [
    index === 0 ? name : "",
    sanitize(text),
    sanitize(origins?.[index] ?? origin),
  ]);
}
