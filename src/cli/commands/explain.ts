import { explain, type Answers, type NotFound } from "../../run/explain.js";
import { shortId } from "../../core/image/image.js";
import { explainDocument } from "../../report/documents/explain.js";
import { explainJson } from "../../report/json/status.js";
import { nearestNames } from "../../core/text/nearest.js";
import { alternatives, shortList } from "../../core/text/lists.js";
import { present } from "../present.js";
import { commandOf } from "../begin.js";
import { withSession } from "../session.js";
import type { Task } from "../task.js";
import { usageFailure } from "../options/usage-failure.js";

/** `explain`: why these images stay or go. Reads a copy of the ledger, as `status` does. */
export async function perform(task: Task): Promise<number> {
  const command = commandOf(task);
  const { settings } = command;
  const words = [...new Set(task.raw.words)];
  const answers = await withSession(command, { access: "read" }, (session) =>
    explain(words, settings, session),
  );
  refuseUnknown(answers);
  const result = {
    document: () => explainDocument(answers, settings.verbosity),
    json: () => explainJson(answers),
  };
  present(result, settings, task.process);
  return 0;
}

/** All or none: a slip in one name is reported before anything is printed. */
function refuseUnknown({ notFound, names }: Answers): void {
  const [first] = notFound;
  if (first !== undefined) throw usageFailure(notFoundSentence(first, names));
}

const namedAtMost = 5;

function notFoundSentence({ word, found }: NotFound, names: readonly string[]): string {
  const asked = JSON.stringify(word);
  if (found.kind === "several") {
    const ids = found.all.map(({ image }) => shortId(image.id));
    return `${asked} is the beginning of several image IDs: ${shortList(ids, namedAtMost)}.`;
  }
  const none = `The engine has no image ${asked}, and the ledger knows of no removal of one`;
  if (found.related.length > 0) return `${none}; there is ${shortList(found.related, namedAtMost)}.`;
  const guesses = nearestNames(word, names);
  return guesses.length === 0 ? `${none}.` : `${none}; did you mean ${alternatives(guesses)}?`;
}
