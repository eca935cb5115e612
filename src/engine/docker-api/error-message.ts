import { attempt } from "../../core/text/attempt.js";
import { fieldOf } from "../../core/text/parsed.js";

/** Engines put errors into `{"message": …}`. */
export function messageIn(text: string, status: number): string {
  // A proxy in between may answer in plain text or HTML.
  const message = fieldOf(
    attempt(() => JSON.parse(text) as unknown, null),
    "message",
  );
  const said = typeof message === "string" ? message : text;
  const line = said.replace(/\s+/g, " ").trim().replace(/\.$/, "").slice(0, 300);
  return line === "" ? `HTTP status ${status}` : `${line} (HTTP status ${status})`;
}
