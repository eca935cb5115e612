import { sanitize } from "../layout/sanitize.js";

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text of others, as it may stand in HTML and in a quoted attribute. What a terminal would obey is written out. */
export function escapeHtml(text: string): string {
  return sanitize(text).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
