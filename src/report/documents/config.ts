import { named, span, type Line } from "../layout/line.js";
import type { Document } from "./document.js";

/** One setting, and where it comes from. */
export interface Setting {
  readonly name: string;
  /** Null: not set, and without a default. */
  readonly value: string | boolean | readonly string[] | null;
  /** `--quota`, `DOCKER_GC_QUOTA`, `/etc/docker-gc/config.yaml:3`, or `default`. */
  readonly origin: string;
  /** Of a list: where each of its items comes from. */
  readonly origins?: readonly string[];
}

/** One line for each setting, and for each item of a list. What is not as by default stands out. */
export function configDocument(settings: readonly Setting[]): Document {
  const columns = ["SETTING", "VALUE", "ORIGIN"];
  const rows = settings.flatMap(linesOf);
  return { title: "docker-gc config", sections: [[{ kind: "listing", columns, rows }]] };
}

function linesOf({ name, value, origin, origins }: Setting): Line[] {
  const items = value === null ? [] : typeof value === "object" ? value : [String(value)];
  return (items.length === 0 ? [null] : items).map((text, index) => {
    const from = origins?.[index] ?? origin;
    const tone = from === "default" ? "faint" : null;
    const shown = text === null ? span("-", tone) : named(text, tone);
    return [span(index === 0 ? name : "", tone), shown, span(from, tone)];
  });
}
