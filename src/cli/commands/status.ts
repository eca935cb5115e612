import { takeStatus } from "../../run/status.js";
import { statusJson } from "../../report/json/status.js";
import { statusDocument } from "../../report/documents/status.js";
import { present } from "../present.js";
import { commandOf } from "../begin.js";
import { withSession } from "../session.js";
import type { Task } from "../task.js";

/** `status`: how things stand. Reads a copy of the ledger, so that it may be asked for while a run is under way. */
export async function perform(task: Task): Promise<number> {
  const command = commandOf(task);
  const disk = task.raw.flags.disk?.value === true ? "asked" : "left-out";
  const settings = { ...command.settings, disk } as const;
  const verbosity = settings.verbosity === "verbose" ? "verbose" : "normal";
  // The engine's account may take it as long as a listing.
  const extent = verbosity === "verbose" ? "with-account" : "usual";
  const status = await withSession(command, { access: "read" }, (session) =>
    takeStatus(settings, session, extent),
  );
  const result = { document: () => statusDocument(status, verbosity), json: () => statusJson(status) };
  present(result, settings, task.process);
  return 0;
}
