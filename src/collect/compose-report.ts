import { LayerSet } from "../core/layers.js";
import type { Plan, PlannedImage } from "../core/plan.js";
import type { ImageReport, RunReport } from "../core/run-report.js";
import type { Execution } from "./execute.js";
import type { FinishedRemoval } from "./removals.js";

/** The part of a report that is known before the plan is carried out. */
export type ReportHead = Pick<RunReport, "mode" | "engine" | "startedAt" | "policy" | "warnings">;

/** `finishedAt`: engine time, epoch milliseconds. */
export function composeReport(
  head: ReportHead,
  plan: Plan,
  execution: Execution,
  end: Pick<RunReport, "finishedAt" | "interruptedBy">,
): RunReport {
  const outcomes = new Map(execution.finished.map((removal) => [removal.planned, removal]));
  return {
    ...head,
    ...end,
    observation: execution.observation,
    usage: {
      beforeBytes: plan.beforeBytes,
      plannedFreedBytes: plan.freedBytes,
      measuredFreedBytes: null,
      afterBytes: head.mode === "dry-run" ? null : bytesAfter(plan, outcomes),
    },
    images: [...plan.removals, ...plan.keeps].map((image) => describeImage(image, outcomes.get(image))),
    unmetLimits: plan.unmetLimits,
    stoppedBy: execution.stoppedBy,
  };
}

function describeImage(
  { facts, verdict, freedBytes }: PlannedImage,
  removal: FinishedRemoval | undefined,
): ImageReport {
  const { image, firstSeenAt, lastUse, idleMs, inUseBy } = facts;
  const outcome = removal?.outcome ?? null;
  return {
    image,
    firstSeenAt,
    lastUse,
    idleMs,
    inUseBy,
    verdict,
    freedBytes,
    outcome,
    outcomeDetail: removal?.detail ?? null,
  };
}

/** The bytes of what is left, by what became of each removal. */
function bytesAfter(plan: Plan, outcomes: ReadonlyMap<PlannedImage, FinishedRemoval>): number {
  const left = new LayerSet();
  for (const image of [...plan.removals, ...plan.keeps]) {
    const outcome = outcomes.get(image)?.outcome;
    if (outcome !== "removed" && outcome !== "gone") left.add(image.facts.layers);
  }
  return left.totalBytes;
}
