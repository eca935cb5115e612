import { exitCodeOf, exitCodeOfError } from "../../../src/core/results/exit-code.js";
import { Failure } from "../../../src/core/text/failure.js";
import type { JsonReport } from "../../support/run-json.js";
import { runHere, type ObserverOptions } from "../observer.js";
import { argumentsFor, recipeFor, type Limits } from "../policy.js";
import type { Program } from "../program.js";

/** How a run ended. */
export interface End {
  readonly exitCode: number | null;
  /** Images that it says are gone; null without a report. */
  readonly saidGone: readonly string[] | null;
  /** What it had to say besides. */
  readonly text: string;
}

export async function attemptHere(limits: Limits, options: ObserverOptions): Promise<End> {
  try {
    const report = await runHere("run", recipeFor(limits), options);
    const gone = report.images.filter(({ outcome }) => outcome === "removed" || outcome === "gone");
    const outcomes = report.images.map(({ outcome, outcomeDetail }) => [outcome, outcomeDetail]);
    return {
      exitCode: exitCodeOf(report),
      saidGone: gone.map(({ image }) => image.id),
      text: JSON.stringify([report.stoppedBy, outcomes]),
    };
  } catch (error) {
    const text = error instanceof Failure ? error.message : String((error as Error).stack);
    return { exitCode: exitCodeOfError(error), saidGone: null, text };
  }
}

export async function attemptAsCommand(
  program: Program,
  limits: Limits,
  { socketPath, ledgerPath, timeoutMs }: ObserverOptions,
): Promise<End> {
  const where = ["--host", `unix://${socketPath}`, "--ledger", ledgerPath];
  const args = [...where, "-o", "json", "--timeout", `${timeoutMs}ms`, ...argumentsFor(limits)];
  const { exitCode, stdout, stderr } = await program.start(args).ended;
  if (stdout === "") return { exitCode, saidGone: null, text: stderr };
  // A command that fails prints a document without images.
  const { images } = JSON.parse(stdout) as Partial<JsonReport>;
  if (images === undefined) return { exitCode, saidGone: null, text: stderr };
  const gone = images.filter(({ outcome }) => outcome === "removed" || outcome === "gone");
  return { exitCode, saidGone: gone.map(({ id }) => id), text: stderr };
}
