import { schema } from "./report.js";
import { toDocument } from "./to-document.js";

/** What a command that has no result says to programs: why, and the exit code that it ends with. */
export function renderFailureJson(exitCode: number, message: string): string {
  return toDocument({ schema, kind: "failure", exitCode, message });
}
