import { explain, type Answer, type Answers } from "../../run/explain.js";
import type { Explanation } from "../../core/results/explanation.js";
import { shortId } from "../../core/image/image.js";
import { explainDocument } from "../../report/documents/explain.js";
import { explainJson } from "../../report/json/status.js";
import { nearest } from "../options/nearest.js";
import { present } from "../present.js";
import { commandOf, withSession } from "../session.js";
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
  const explanations = explanationsIn(answers);
  const result = {
    document: () => explainDocument(explanations, answers),
    json: () => explainJson(explanations, answers),
  };
  present(result, settings, task.surroundings);
  return 0;
}

/** All or none: a slip in one name is told before anything is printed. */
function explanationsIn({ answers, names }: Answers): Explanation[] {
  return answers.map((answer) => {
    if (answer.kind === "explained") return answer.explanation;
    throw usageFailure(notFoundSentence(answer, names));
  });
}

const namedAtMost = 5;

function notFoundSentence(
  { word, found }: Extract<Answer, { kind: "not-found" }>,
  names: readonly string[],
): string {
  const asked = JSON.stringify(word);
  if (found.kind === "several") {
    const ids = found.all.map(({ image }) => shortId(image.id));
    return `${asked} is the beginning of several image IDs: ${listOf(ids)}.`;
  }
  if (found.related.length > 0) return `The engine has no image ${asked}; it has ${listOf(found.related)}.`;
  const guess = nearest(word, names) ?? nearest(`${word}:latest`, names);
  return `The engine has no image ${asked}${guess === null ? "." : `; did you mean ${guess}?`}`;
}

function listOf(words: readonly string[]): string {
  const further = words.length - namedAtMost;
  return words.slice(0, namedAtMost).join(", ") + (further > 0 ? ` and ${further} more` : "");
}
