import { takeMark } from "../../run/take-mark.js";
import { markDocument } from "../../report/documents/mark.js";
import { markJson } from "../../report/json/mark.js";
import { connect } from "../connect.js";
import { placeMark } from "../mark-file.js";
import { resolveSettings } from "../options/settings.js";
import { present } from "../present.js";
import type { Task } from "../task.js";
import { refuseUntrusted, usersOf } from "../trusted-files.js";

/** `mark`: writes down which images there are. Needs no ledger, and changes nothing. */
export async function perform({ raw, process, interruption }: Task): Promise<number> {
  const settings = resolveSettings(raw, process);
  const [file = ""] = raw.words;
  const users = usersOf(raw, process);
  refuseUntrusted({ what: "the mark", path: file, use: "read", code: "usage" }, users);
  const engine = connect(settings, process, { interruption, users });
  interruption.endAfter(settings.runTimeoutMs);
  const { mark, summary } = await takeMark(engine);
  placeMark(file, mark);
  const made = { file, images: mark.images.size, at: mark.at, engine: summary };
  present({ document: () => markDocument(made), json: () => markJson(made) }, settings, process);
  return 0;
}
