import type { EngineRecord } from "../../core/uses/checkpoint.js";
import { Failure } from "../../core/text/failure.js";
import type { Findings } from "../../core/uses/findings.js";
import { OwnTags } from "../../core/image/own-tags.js";
import type { Plan } from "../../core/plan/plan.js";
import type { Execution, Removals } from "./removal-result.js";
import { removeAll, type RemovalProgress } from "./removals.js";
import type { FreeSpaceCheck } from "./free-space.js";
import type { EngineSession } from "../observe/list.js";
import type { DeferredSave } from "./deferred-save.js";
import type { NoteNames } from "./remove-image.js";
import { RemovalWatch } from "./removal-watch.js";

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
  const watch = new RemovalWatch(session, ownTags, notExecuted(record, observed));
  const removals = await removeAll(plan.removals, {
    session,
    watch,
    ownTags,
    plannedFrom: { record, listing: observed.listing },
    ...dependencies,
  });
  onRemoved(removals);
  try {
    return { ...removals, ...(await watch.endStretch(removals.finished)) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const stoppedBy = removals.stoppedBy ?? { code: error.code, message: error.message };
    return { ...removals, ...watch.giveUp(removals.finished), stoppedBy };
  }
}
