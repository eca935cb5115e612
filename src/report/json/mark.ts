import type { MadeMark } from "../documents/mark.js";
import { isoTime } from "../wording/quantities.js";
import { engineOf, schema } from "./report.js";

export function markJson(made: MadeMark): object {
  const { file, images, at } = made;
  return { schema, kind: "mark", engine: engineOf(made), at: isoTime(at), file, images };
}
