import { OwnTags } from "../../core/image/own-tags.js";
import type { Image, ImageId } from "../../core/image/image.js";
import { groupOf } from "../../core/returns/return-group.js";
import type { RemovedImage } from "../../core/returns/return-news.js";
import { Failure } from "../../core/text/failure.js";
import type { EngineRecord } from "../../core/uses/checkpoint.js";
import type { EngineEvent } from "../../core/uses/event.js";
import { afterRemovals } from "../../core/uses/failed-removals.js";
import type { Findings } from "../../core/uses/findings.js";
import { nextRecord } from "../../core/uses/next-record.js";
import { joinObservations } from "../../core/uses/observation.js";
import { laterUse, type Use } from "../../core/uses/use.js";
import type { EngineSession } from "../observe/list.js";
import { Watch } from "../observe/watch.js";
import type { Execution, Progress, Removal, Removals } from "./removal.js";

/** Docker's buffer does not last as long as many removals do, so what was seen meanwhile is not kept from the ledger for longer. */
const longestStretchMs = 300_000;

/**
 * Observes while images are removed, in stretches: what one of them brought is a record of its own, which can be saved while the
 * removals go on. What was used since the plan stays known over all of them.
 */
export class RemovalWatch {
  readonly #session: EngineSession;
  /** Names that were given back meanwhile: their events are no uses. */
  readonly ownTags = new OwnTags();
  readonly #usedBefore = new Set<ImageId>();
  #hadLost = false;
  #progress: Progress;
  #watch: Watch;
  #beganAtMs: number;

  /** `progress`: where the plan was made. */
  constructor(session: EngineSession, progress: Progress) {
    this.#session = session;
    this.#progress = progress;
    this.#watch = this.#continue();
    this.#beganAtMs = this.#steadyMs;
  }

  /** Whether the stretch has been going on for long. */
  get isLong(): boolean {
    return this.#steadyMs - this.#beganAtMs >= longestStretchMs;
  }

  /** See Watch. */
  drainNews(onEvent: (event: EngineEvent) => void): Promise<void> {
    return this.#watch.drainNews(onEvent);
  }

  /** Whether anything since the plan is evidence of a use of this image. */
  mayHaveUsed(image: Image): boolean {
    return this.#usedBefore.has(image.id) || this.#watch.mayHaveUsed(image);
  }

  /** Whether the engine has forgotten some of what happened since the plan. */
  get hasLost(): boolean {
    return this.#hadLost || this.#watch.hasLost;
  }

  /**
   * Ends a stretch, and begins the next. `finished`: all removals since the plan. To be called while no removal is under way and
   * no name that was given back is without its event. Throws as a watch does; then the stretch goes on.
   */
  async endStretch(finished: readonly Removal[]): Promise<Progress> {
    const { hasLost } = this.#watch;
    const before = this.#progress;
    const news = finished.slice(before.finished.length);
    const observed = withRefusals(await this.#watch.finish(), news);
    for (const id of observed.replay.uses.keys()) this.#usedBefore.add(id);
    this.#hadLost ||= hasLost || this.#watch.hasLost;
    this.ownTags.forget();
    this.#progress = {
      record: withRemovals(nextRecord(before.record, observed), news),
      listing: observed.listing,
      observation: joinObservations(before.observation, observed.observation),
      finished: [...finished],
    };
    this.#watch = this.#continue();
    this.#beganAtMs = this.#steadyMs;
    return this.#progress;
  }

  /**
   * Observes once more when the removals are over. Of an engine that can be observed no more, it says what was seen up to the last
   * stretch, and what was done.
   */
  async end(removals: Removals): Promise<Execution> {
    const { finished } = removals;
    try {
      return { ...removals, ...(await this.endStretch(finished)) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const stoppedBy = removals.stoppedBy ?? { code: error.code, message: error.message };
      const { record, ...rest } = this.#progress;
      return {
        ...rest,
        record: withRemovals(record, finished.slice(rest.finished.length)),
        finished,
        stoppedBy,
      };
    }
  }

  get #steadyMs(): number {
    return this.#session.steadyClock().elapsedMs;
  }

  #continue(): Watch {
    return Watch.continue(this.#session, this.#progress.record, this.#progress.listing, this.ownTags);
  }
}

function withRemovals(record: EngineRecord, finished: readonly Removal[]): EngineRecord {
  const removed = finished.filter(({ outcome }) => outcome === "removed").map(removedImageOf);
  const news = { ...record.news, removed: [...record.news.removed, ...removed] };
  return { ...record, news, failedRemovals: afterRemovals(record.failedRemovals, finished) };
}

function removedImageOf({ planned, imageId, names, freedBytes, at }: Removal): RemovedImage {
  const { facts, verdict } = planned;
  const expectedMs = Math.round(planned.expected?.get(imageId)?.expectedMs ?? Infinity);
  return {
    id: imageId,
    names,
    group: groupOf(facts),
    lastUsedAt: facts.lastUse.at,
    observedMsAtLastUse: facts.observedMsAtLastUse,
    removedAt: at,
    bytes: freedBytes,
    reason: verdict.reason,
    ...(Number.isSafeInteger(expectedMs) ? { expectedMs: Math.max(0, expectedMs) } : {}),
  };
}

/** An image that the engine would not give away because it is in use was used at that moment. */
function withRefusals(observed: Findings, finished: readonly Removal[]): Findings {
  const uses = new Map<ImageId, Use>(observed.replay.uses);
  for (const { imageId, at, obstacle } of finished) {
    if (obstacle !== "holder") continue;
    const use: Use = { at, kind: "refused", by: null };
    uses.set(imageId, laterUse(uses.get(imageId) ?? use, use));
  }
  return { ...observed, replay: { ...observed.replay, uses } };
}
