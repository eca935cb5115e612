import type { Approval } from "../run/run.js";
import type { RunReport } from "../core/results/run-report.js";
import { createPalette } from "../report/layout/palette.js";
import { toText } from "../report/formats/text.js";
import { editableList, keptInList, proposalDocument, questionText } from "../report/documents/proposal.js";
import { plannedRemovals } from "../report/documents/tally.js";
import type { Settings } from "./options/settings.js";
import type { Interruption } from "./interruption.js";
import type { Output, CommandProcess, Person } from "./command-process.js";
import { charactersFor } from "../report/layout/characters.js";
import { widthOf } from "./width.js";

/** No answer in this time is no. */
const waitMs = 5 * 60 * 1000;

/** Who is asked before a run removes anything; null for a run that nobody sits beside, or that has its answer. */
export function personToAsk(
  { mode, consent, verbosity, output }: Pick<Settings, "mode" | "consent" | "verbosity" | "output">,
  { person, env }: Pick<CommandProcess, "person" | "env">,
): Person | null {
  const isAutomatic = mode === "dry-run" || consent === "given" || verbosity === "quiet" || output === "json";
  return isAutomatic || (env["CI"] ?? "") !== "" ? null : (person ?? null);
}

/** Shows what would go, and asks. What is taken out of the list stays. */
export async function askAbout(
  report: RunReport,
  person: Person,
  { color }: Pick<Settings, "color">,
  { stderr, env }: Pick<CommandProcess, "stderr" | "env">,
  interruption: Interruption,
): Promise<Approval> {
  const palette = createPalette(color, stderr, env);
  const lines = toText(proposalDocument(report), {
    width: widthOf(stderr, { env }),
    color: palette,
    characters: charactersFor(env),
  });
  for (const line of [...lines, ""]) stderr.write(`${line}\n`);
  let images = plannedRemovals(report);
  while (images.length > 0) {
    const line = await askIn(stderr, person, questionText(images), interruption.waiting);
    const answer = line?.trim().toLowerCase() ?? "";
    if (answer === "y" || answer === "yes")
      return { kind: "images", ids: new Set(images.map(({ image }) => image.id)) };
    if (answer !== "e" && answer !== "edit") break;
    const list = editableList(images);
    const edited = await interruption.leaveTerminalTo(() => person.edit(list, env));
    if (edited.kind === "failed") stderr.write(`${edited.how}, so the list is as it was.\n`);
    else images = keptInList(edited.text, images);
  }
  return { kind: "nothing" };
}

/** What is said next begins a line of its own, also where nobody has ended that of the question. */
async function askIn(
  stderr: Output,
  person: Person,
  question: string,
  signal: AbortSignal,
): Promise<string | null> {
  let line: string | null = null;
  try {
    line = await person.ask(question, { signal, waitMs });
  } finally {
    if (line === null) stderr.write("\n");
  }
  return line;
}
