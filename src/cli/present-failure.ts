import { failureDocument } from "../report/documents/failure.js";
import { failureJson } from "../report/json/failure.js";
import type { OutputFormat } from "./options/output-format.js";
import { present } from "./present.js";
import type { CommandProcess } from "./command-process.js";

/** Writes to stdout why there is no result. In text, that it stands on stderr is enough. */
export function presentFailure(
  exitCode: number,
  message: string,
  output: OutputFormat,
  process: Pick<CommandProcess, "stdout" | "env" | "fileOf">,
): void {
  if (output === "text") return;
  const document = () => failureDocument(exitCode, message);
  const json = () => failureJson(exitCode, message);
  present({ document, json }, { output, color: "never" }, process);
}
