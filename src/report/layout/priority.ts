import type { Line } from "./line.js";

/** What stands in front of a line, by what the line means. */
export type LinePrefix = (line: Line) => string;

export const noPrefix: LinePrefix = () => "";

/** An error, for a text that is no line of a report. See sd-daemon(3): `<3>` is LOG_ERR, `<4>` LOG_WARNING. */
export const errorPriority = "<3>";
const warningPriority = "<4>";

/** The journal takes the number for the priority of the line, and does not show it. */
export const journalPrefix: LinePrefix = (line) => {
  if (line.some(({ tone }) => tone === "alarm")) return errorPriority;
  return line.some(({ tone }) => tone === "caution") ? warningPriority : "";
};
