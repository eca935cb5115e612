import { LayerSet } from "../core/layers.js";
import type { Plan, PlannedImage } from "../core/plan.js";
import type { ImageReport, RunReport } from "../core/run-report.js";
import { unmetAfter } from "../core/unmet-limits.js";
import type { Filesystem } from "../core/filesystem.js";
import type { Execution } from "./execute.js";
import type { EngineFilesystem } from "./free-space.js";
import type { FinishedRemoval } from "./removals.js";

/** The part of a report that is known before the plan is carried out. */
export type ReportHead = Pick<RunReport, "mode" | "engine" | "startedAt" | "policy" | "warnings">;

/** What was read from the engine and its filesystem after the removals; null where it was not. */
export interface Measured {
  readonly measuredFreedBytes: number | null;
  readonly filesystemAfter: Filesystem | null;
}

export const nothingMeasured: Measured = { measuredFreedBytes: null, filesystemAfter: null };

type Known = Pick<RunReport, "finishedAt" | "interruptedBy" | "gapWarning" | "observedShare">;

interface ReportEnd extends Known, Measured {
  readonly filesystemBefore: EngineFilesystem | null;
}

/** `finishedAt`: engine time, epoch milliseconds. */
export function composeReport(head: ReportHead, plan: Plan, execution: Execution, end: ReportEnd): RunReport {
  const outcomes = new Map(execution.finished.map((removal) => [removal.planned, removal]));
  return {
    ...head,
    finishedAt: end.finishedAt,
    interruptedBy: end.interruptedBy,
    gapWarning: end.gapWarning,
    observedShare: end.observedShare,
    observation: execution.observation,
    usage: {
      beforeBytes: plan.beforeBytes,
      plannedFreedBytes: plan.freedBytes,
      measuredFreedBytes: end.measuredFreedBytes,
      afterBytes: head.mode === "dry-run" ? null : bytesAfter(plan, outcomes),
      held: plan.held,
    },
    filesystem: filesystemOf(end),
    images: [...plan.removals, ...plan.keeps].map((image) => describeImage(image, outcomes.get(image))),
    unmetLimits:
      end.filesystemAfter === null ? plan.unmetLimits : unmetAfter(plan, head.policy, end.filesystemAfter),
    stoppedBy: execution.stoppedBy,
  };
}

/** `removal`: what became of it; absent where nothing was done. */
export function describeImage(planned: PlannedImage, removal?: FinishedRemoval): ImageReport {
  return new DescribedImage(planned, removal);
}

/** Shows what the plan holds: a copy of it for each of many images would be read by nobody in most runs. */
class DescribedImage implements ImageReport {
  readonly #planned: PlannedImage;
  readonly #removal: FinishedRemoval | undefined;

  constructor(planned: PlannedImage, removal: FinishedRemoval | undefined) {
    this.#planned = planned;
    this.#removal = removal;
  }

  get image() {
    return this.#planned.facts.image;
  }

  get firstSeenAt() {
    return this.#planned.facts.firstSeenAt;
  }

  get lastUse() {
    return this.#planned.facts.lastUse;
  }

  get idleMs() {
    return this.#planned.facts.idleMs;
  }

  get inUseBy() {
    return this.#planned.facts.inUseBy;
  }

  get verdict() {
    return this.#planned.verdict;
  }

  get freedBytes() {
    return this.#planned.freedBytes;
  }

  get exact() {
    return this.#planned.facts.exact;
  }

  get retryAt() {
    return this.#planned.facts.retryAt;
  }

  get outcome() {
    return this.#removal?.outcome ?? null;
  }

  get outcomeDetail() {
    return this.#removal?.detail ?? null;
  }
}

/** The bytes of what is left, by what became of each removal. */
function bytesAfter(plan: Plan, outcomes: ReadonlyMap<PlannedImage, FinishedRemoval>): number {
  const isGone = ({ outcome }: FinishedRemoval) => outcome === "removed" || outcome === "gone";
  if (![...outcomes.values()].some(isGone)) return plan.beforeBytes;
  const left = new LayerSet();
  for (const image of [...plan.removals, ...plan.keeps]) {
    const removal = outcomes.get(image);
    if (removal === undefined || !isGone(removal)) left.add(image.facts.topLayer);
  }
  return left.totalBytes;
}

function filesystemOf({ filesystemBefore, filesystemAfter }: ReportEnd): RunReport["filesystem"] {
  if (filesystemBefore === null) return null;
  const { path, before } = filesystemBefore;
  return { path, before, after: filesystemAfter };
}
