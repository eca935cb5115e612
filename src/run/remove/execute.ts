import type { EngineRecord } from "../../core/uses/checkpoint.js";
import { afterRemovals } from "../../core/uses/failed-removals.js";
import { Failure } from "../../core/text/failure.js";
import type { ImageId } from "../../core/image/image.js";
import type { Listing } from "../../core/image/listing.js";
import type { Findings } from "../../core/uses/findings.js";
import { nextRecord } from "../../core/uses/next-record.js";
import type { Observation } from "../../core/uses/observation.js";
import { joinObservations } from "../../core/uses/observation.js";
import { OwnTags } from "../../core/image/own-tags.js";
import type { Plan } from "../../core/plan/plan.js";
import type { Use } from "../../core/uses/use.js";
import { groupOf } from "../../core/returns/return-group.js";
import type { RemovedImage } from "../../core/returns/return-news.js";
import { shownNames } from "../../core/image/shown-names.js";
import { laterUse } from "../../core/uses/use.js";
import type { FinishedRemoval, RemovalProgress, Removals } from "./removals.js";
import { removeAll } from "./removals.js";
import type { FreeSpaceCheck } from "./free-space.js";
import type { EngineSession } from "../observe/list.js";
import type { DeferredSave } from "./deferred-save.js";
import type { NoteNames } from "./remove-image.js";
import { Watch } from "../observe/watch.js";

export interface ExecutionDependencies {
  readonly session: EngineSession;
  readonly room: FreeSpaceCheck;
  readonly deferredSave: DeferredSave;
  readonly noteNames: NoteNames;
  readonly isInterrupted: () => boolean;
  readonly onProgress: (progress: RemovalProgress) => void;
  /** When the removals are over, before the engine is observed again. */
  readonly onRemoved: (removals: Removals) => void;
}

/** What became of a plan, and what was observed meanwhile. */
export interface Execution extends Removals {
  readonly record: EngineRecord;
  /** The newest one. */
  readonly listing: Listing;
  readonly observation: Observation;
}

/** Nothing to do, or nothing that may be done. */
export function notExecuted(record: EngineRecord, { listing, observation }: Findings): Execution {
  return { finished: [], stoppedBy: null, record, listing, observation };
}

/**
 * Carries out a plan while it goes on observing, so that uses in the meantime count. `record` already holds the
 * observation that the plan was made from. When the engine stops answering, the record stays as it was.
 */
export async function execute(
  plan: Plan,
  record: EngineRecord,
  observed: Findings,
  { session, onRemoved, ...dependencies }: ExecutionDependencies,
): Promise<Execution> {
  const ownTags = new OwnTags();
  const watch = Watch.continue(session, record, observed.listing, ownTags);
  const removals = await removeAll(plan.removals, {
    session,
    watch,
    ownTags,
    plannedFrom: { record, listing: observed.listing },
    ...dependencies,
  });
  onRemoved(removals);
  try {
    const after = withRefusals(await watch.finish(), removals.finished);
    const observation = joinObservations(observed.observation, after.observation);
    const next = withRemovals(nextRecord(record, after), removals.finished);
    return { ...removals, record: next, listing: after.listing, observation };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const stoppedBy = removals.stoppedBy ?? { code: error.code, message: error.message };
    const unchanged = notExecuted(withRemovals(record, removals.finished), observed);
    return { ...unchanged, ...removals, stoppedBy };
  }
}

function withRemovals(record: EngineRecord, finished: readonly FinishedRemoval[]): EngineRecord {
  const outcomes = finished.map(({ planned, outcome, obstacle, detail, at }) => {
    return { id: planned.facts.image.id, outcome, obstacle, detail, at };
  });
  const removed = finished.filter(({ outcome }) => outcome === "removed").flatMap(removedImageOf);
  const news = { ...record.news, removed: [...record.news.removed, ...removed] };
  return { ...record, news, failedRemovals: afterRemovals(record.failedRemovals, outcomes) };
}

function removedImageOf({ planned: { facts, verdict, freedBytes }, at }: FinishedRemoval): RemovedImage[] {
  const { image, lastUse, observedMsAtLastUse } = facts;
  if (verdict.kind !== "remove") return [];
  return verdict.reasons.slice(0, 1).map((reason) => ({
    id: image.id,
    names: shownNames(image),
    group: groupOf(facts),
    lastUsedAt: lastUse.at,
    observedMsAtLastUse,
    removedAt: at,
    bytes: freedBytes,
    reason,
  }));
}

/** An image that the engine would not give away because it is in use was used at that moment. */
function withRefusals(observed: Findings, finished: readonly FinishedRemoval[]): Findings {
  const uses = new Map<ImageId, Use>(observed.replay.uses);
  for (const { planned, at, obstacle } of finished) {
    if (obstacle !== "holder") continue;
    const { id } = planned.facts.image;
    const use: Use = { at, kind: "refused", by: null };
    uses.set(id, laterUse(uses.get(id) ?? use, use));
  }
  return { ...observed, replay: { ...observed.replay, uses } };
}
