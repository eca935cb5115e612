import { journalPrefix, noPrefix, type LinePrefix } from "../report/layout/priority.js";
import type { CommandProcess } from "./command-process.js";

type Stream = "stdout" | "stderr";

/**
 * Whether a stream goes to systemd's journal. The variable alone does not say: it stays set for whatever a service starts,
 * also behind a pipe. "Services […] should check the device and inode numbers": systemd.exec(5), `$JOURNAL_STREAM`.
 */
export function isJournal(stream: Stream, { env, fileOf }: Pick<CommandProcess, "env" | "fileOf">): boolean {
  const journal = env["JOURNAL_STREAM"] ?? "";
  return journal !== "" && fileOf(stream) === journal;
}

/** What a line that is written there begins with. */
export function prefixFor(stream: Stream, process: Pick<CommandProcess, "env" | "fileOf">): LinePrefix {
  return isJournal(stream, process) ? journalPrefix : noPrefix;
}
