import { LayerSet } from "../core/layers/layer-set.js";
import { mayGo } from "../core/plan/due.js";
import type { Plan } from "../core/plan/plan.js";
import type { PlannedImage, PlannedKeep, PlannedRemoval } from "../core/plan/planned-image.js";
import { unmetWith, type Remains } from "../core/plan/unmet-limits.js";
import type { Obstacle } from "../core/policy/removal.js";
import { splitBytes } from "../core/results/bytes-split.js";
import type { InterruptionCause } from "../core/results/interruption.js";
import type { ImageReport, ReportedVerdict, RunReport } from "../core/results/run-report.js";
import type { KeepReason } from "../core/rules/keep-rules.js";
import type { Verdict } from "../core/rules/verdict.js";
import { once } from "../core/text/once.js";
import { coverageOf, gapWarning } from "../core/uses/coverage.js";
import type { Space } from "../core/uses/vain-removals.js";
import type { Assessment } from "./assess.js";
import type { EngineFilesystem, SpaceAfter } from "./remove/free-space.js";
import type { ContentCorrection } from "./remove/learn-content.js";
import type { Execution, Removal } from "./remove/removal.js";

/** What was read from the engine and its filesystem after the removals; null where it was not. */
export interface Measured extends SpaceAfter {
  readonly freedBytes: number | null;
  readonly correction: ContentCorrection | null;
}

export const nothingMeasured: Measured = {
  freedBytes: null,
  correction: null,
  filesystem: null,
  inVain: null,
};

/** Of a run that ends now. */
export function composeReport(
  { session, header, plan, past, filesystem, facts, record, observed }: Assessment,
  { finished, observation, stoppedBy }: Execution,
  measured: Measured,
  interruptedBy: InterruptionCause | null,
): RunReport {
  const finishedAt = session.description.now();
  const isDry = header.mode === "dry-run";
  const removals = new Map(finished.map((removal) => [removal.planned, removal]));
  const untried = plan.removals.filter((image) => !removals.has(image));
  const isWaiting =
    untried.length > 0 || plan.keeps.some(({ verdict }) => verdict.reasons.includes("max-removals"));
  const expectedFreedBytes = finished.reduce((bytes, removal) => bytes + removal.freedBytes, 0);
  const known = remainsOf(plan, finished, untried);
  const remains = measured.correction === null ? known : asLearned(known, finished, measured.correction);
  return {
    ...header,
    finishedAt,
    interruptedBy,
    gapWarning: gapWarning(observation, past),
    observedShare: coverageOf(observation, past)?.share ?? null,
    observation,
    usage: {
      beforeBytes: plan.beforeBytes,
      plannedFreedBytes: plan.freedBytes,
      beforeSlackBytes: Math.round(plan.slack.beforeBytes),
      plannedSlackBytes: Math.round(plan.slack.freedBytes),
      measuredFreedBytes: measured.freedBytes,
      ...(measured.correction === null ? {} : { expectedFreedBytes }),
      afterBytes: isDry ? null : remains.bytes,
      split: once(() =>
        splitBytes(observed.listing.images, facts, record.layers, session.description.imageSizes),
      ),
      held: plan.held,
    },
    filesystem: filesystem && {
      path: filesystem.path,
      before: filesystem.before,
      after: measured.filesystem,
    },
    images: [
      ...plan.removals.map((image) => describeImage(image, removals.get(image))),
      ...plan.keeps.map((image) => describeImage(image)),
    ],
    // Limits are met by what went, not by what was planned; none is given up while images wait for another run.
    unmetLimits:
      isDry || isWaiting
        ? plan.unmetLimits
        : unmetWith(remains, header.policy, freeAfter(filesystem, measured, remains), finishedAt),
    stoppedBy,
  };
}

/** `removal`: what became of it; absent where nothing was done. */
export function describeImage(
  { facts, verdict, expected, freedBytes }: PlannedImage,
  removal?: Removal,
): ImageReport {
  // Written out: by spreading it takes V8 ten times as long, and there may be very many.
  return {
    image: facts.image,
    firstSeenAt: facts.firstSeenAt,
    lastUse: facts.lastUse,
    idleMs: facts.idleMs,
    inUseBy: facts.inUseBy,
    verdict: reported(verdict),
    expectedUse: expected?.get(facts.image.id) ?? null,
    freedBytes,
    exact: facts.exact,
    retryAt: facts.retryAt,
    unpullable: facts.unpullable,
    outcome: removal?.outcome ?? null,
    outcomeDetail: removal?.detail ?? null,
  };
}

function reported(verdict: Verdict): ReportedVerdict {
  return verdict.kind === "keep" ? verdict : { kind: "remove", reasons: [verdict.reason] };
}

/** What is left, by what became of each removal. */
function remainsOf(plan: Plan, removals: readonly Removal[], untried: readonly PlannedRemoval[]): Remains {
  const left = removals.flatMap(({ planned, obstacle }): PlannedKeep[] => {
    if (obstacle === null) return [];
    return [{ ...planned, verdict: { kind: "keep", reasons: [reasonOfObstacle[obstacle]] } }];
  });
  const staying = [...left, ...plan.keeps];
  const details = new Map(removals.map(({ imageId, detail }) => [imageId, detail]));
  if (left.length === removals.length) return { staying, bytes: plan.beforeBytes, freedBytes: 0, details };
  const layers = new LayerSet();
  for (const { facts } of [...untried, ...staying]) layers.add(facts.topLayer);
  const bytes = layers.totalBytes;
  return { staying, bytes, freedBytes: plan.beforeBytes - bytes, details };
}

/** Where layers were estimated, and removals have shown more, that counts. */
function asLearned(
  remains: Remains,
  finished: readonly Removal[],
  { leftBytes: bytes, freedBytes, layersOf }: ContentCorrection,
): Remains {
  const staying = remains.staying.map((planned) => {
    const facts = { ...planned.facts, ...layersOf(planned.facts.image) };
    return { ...planned, facts };
  });
  const plannedBytes = finished.reduce((sum, removal) => sum + removal.freedBytes, 0);
  const isAllGone = finished.every(({ obstacle }) => obstacle === null);
  const mayGoOn = isAllGone && staying.some(({ verdict }) => mayGo(verdict));
  const shortfall = { plannedBytes, freedBytes };
  return { ...remains, staying, bytes, freedBytes, ...(mayGoOn ? { shortfall } : {}) };
}

/** Why an image is still there that was to go. */
const reasonOfObstacle: Readonly<Record<Obstacle, KeepReason>> = {
  holder: "in-use",
  use: "grace",
  moment: "within-limits",
  image: "failed-before",
  registry: "unpullable",
};

/** What cannot be measured any more has got what went. Null where no limit asks for it. */
function freeAfter(
  filesystem: EngineFilesystem | null,
  { filesystem: after, inVain }: Measured,
  { freedBytes }: Remains,
): Space | null {
  if (filesystem === null) return null;
  if (after !== null) return { ...after, inVain };
  const { freeBytes, freeInodes, ...sizes } = filesystem.before;
  const freeInodesAfter = freedBytes > 0 ? Infinity : freeInodes;
  return { ...sizes, freeBytes: freeBytes + freedBytes, freeInodes: freeInodesAfter, inVain };
}
