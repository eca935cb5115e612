import { schema } from "./report.js";

/** What a command that has no result says to programs: why, and the exit code that it ends with. */
export function failureJson(exitCode: number, message: string): object {
  return { schema, kind: "failure", exitCode, message };
}
