import type { KeepReason } from "../core/rules/keep-rules.js";
import type { Obstacle } from "../core/policy/removal.js";
import { LayerSet } from "../core/layers/layer-set.js";
import type { Plan } from "../core/plan/plan.js";
import type { PlannedImage } from "../core/plan/planned-image.js";
import type { ImageReport, RunReport } from "../core/results/run-report.js";
import { unmetWith, type Remains, type UnmetLimit } from "../core/plan/unmet-limits.js";
import type { Filesystem } from "../core/policy/filesystem.js";
import type { VainRemovals } from "../core/uses/vain-removals.js";
import type { Execution, FinishedRemoval } from "./remove/removal-result.js";
import type { EngineFilesystem } from "./remove/free-space.js";

/** The part of a report that is known before the plan is carried out. */
export type ReportHeader = Pick<
  RunReport,
  "mode" | "engine" | "startedAt" | "policy" | "choice" | "listing" | "warnings" | "afterGrace"
>;

/** What was read from the engine and its filesystem after the removals; null where it was not. */
export interface Measured {
  readonly measuredFreedBytes: number | null;
  readonly filesystemAfter: Filesystem | null;
  readonly inVain: VainRemovals | null;
}

export const nothingMeasured: Measured = { measuredFreedBytes: null, filesystemAfter: null, inVain: null };

type Known = Pick<RunReport, "finishedAt" | "interruptedBy" | "gapWarning" | "observedShare">;

interface ReportEnd extends Known, Measured {
  readonly filesystemBefore: EngineFilesystem | null;
}

/** `finishedAt`: engine time, epoch milliseconds. */
export function composeReport(
  header: ReportHeader,
  plan: Plan,
  execution: Execution,
  end: ReportEnd,
): RunReport {
  const outcomes = new Map(execution.finished.map((removal) => [removal.planned, removal]));
  const remains = remainsOf(plan, outcomes);
  return {
    ...header,
    finishedAt: end.finishedAt,
    interruptedBy: end.interruptedBy,
    gapWarning: end.gapWarning,
    observedShare: end.observedShare,
    observation: execution.observation,
    usage: {
      beforeBytes: plan.beforeBytes,
      plannedFreedBytes: plan.freedBytes,
      beforeSlackBytes: Math.round(plan.slack.beforeBytes),
      plannedSlackBytes: Math.round(plan.slack.freedBytes),
      measuredFreedBytes: end.measuredFreedBytes,
      afterBytes: header.mode === "dry-run" ? null : remains.bytes,
      held: plan.held,
    },
    filesystem: filesystemOf(end),
    images: [...plan.removals, ...plan.keeps].map((image) => describeImage(image, outcomes.get(image))),
    unmetLimits: header.mode === "dry-run" ? plan.unmetLimits : unmetAfter(plan, remains, header.policy, end),
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

  get expectedUse() {
    return this.#planned.expectedUse;
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

/** What is left, by what became of each removal. */
function remainsOf(plan: Plan, outcomes: ReadonlyMap<PlannedImage, FinishedRemoval>): Remains {
  const left = plan.removals.flatMap((image): PlannedImage[] => {
    const removal = outcomes.get(image);
    if (removal === undefined) return [image];
    const reason = removal.obstacle === null ? null : reasonOfObstacle[removal.obstacle];
    return reason === null ? [] : [{ ...image, verdict: { kind: "keep", reasons: [reason] } }];
  });
  const staying = [...left, ...plan.keeps];
  const details = new Map(
    [...outcomes.values()].map(({ planned, detail }) => [planned.facts.image.id, detail]),
  );
  if (left.length === plan.removals.length)
    return { staying, bytes: plan.beforeBytes, freedBytes: 0, details };
  const layers = new LayerSet();
  for (const { facts } of staying) layers.add(facts.topLayer);
  const bytes = layers.totalBytes;
  return { staying, bytes, freedBytes: plan.beforeBytes - bytes, details };
}

/** Why an image is still there that was to go. */
const reasonOfObstacle: Readonly<Record<Obstacle, KeepReason>> = {
  holder: "in-use",
  use: "grace",
  moment: "within-limits",
  image: "failed-before",
};

/** Limits are met by what went, not by what was planned. No limit is given up while images wait for another run. */
function unmetAfter(plan: Plan, remains: Remains, policy: RunReport["policy"], end: ReportEnd): UnmetLimit[] {
  const isWaiting = plan.keeps.some(({ verdict }) =>
    verdict.reasons.some((reason) => reason === "max-removals"),
  );
  if (isWaiting || remains.staying.some(({ verdict }) => verdict.kind === "remove"))
    return [...plan.unmetLimits];
  const { filesystemBefore, filesystemAfter, inVain, finishedAt } = end;
  const measured = filesystemAfter ?? expectedOf(filesystemBefore, plan.beforeBytes - remains.bytes);
  return unmetWith(remains, policy, measured && { ...measured, inVain }, finishedAt);
}

/** What cannot be measured any more has got what went. */
function expectedOf(filesystem: EngineFilesystem | null, freedBytes: number): Filesystem | null {
  if (filesystem === null) return null;
  const { freeBytes, freeInodes, ...sizes } = filesystem.before;
  return {
    ...sizes,
    freeBytes: freeBytes + freedBytes,
    freeInodes: freedBytes > 0 ? Infinity : freeInodes,
  };
}

function filesystemOf({ filesystemBefore, filesystemAfter }: ReportEnd): RunReport["filesystem"] {
  if (filesystemBefore === null) return null;
  const { path, before } = filesystemBefore;
  return { path, before, after: filesystemAfter };
}
