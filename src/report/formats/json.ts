import { escapeInJson } from "../layout/sanitize.js";

/** One JSON document, indented by two, with a newline at its end, harmless on a terminal. */
export function toJson(value: object): string {
  return `${escapeInJson(JSON.stringify(value, null, 2))}\n`;
}
