import { OwnTags } from "../../core/image/own-tags.js";
import type { Image, ImageId } from "../../core/image/image.js";
import { shownNames } from "../../core/image/shown-names.js";
import { groupOf } from "../../core/returns/return-group.js";
import type { RemovedImage } from "../../core/returns/return-news.js";
import type { EngineRecord } from "../../core/uses/checkpoint.js";
import type { EngineEvent } from "../../core/uses/event.js";
import { afterRemovals } from "../../core/uses/failed-removals.js";
import type { Findings } from "../../core/uses/findings.js";
import { nextRecord } from "../../core/uses/next-record.js";
import { joinObservations } from "../../core/uses/observation.js";
import { laterUse, type Use } from "../../core/uses/use.js";
import type { EngineSession } from "../observe/list.js";
import { Watch } from "../observe/watch.js";
import type { Execution, FinishedRemoval } from "./removal-result.js";

/** What a run has observed and done so far: what the ledger may have at any moment. */
export type Progress = Pick<Execution, "record" | "listing" | "observation" | "finished">;

/** Docker's buffer does not last as long as many removals do, so what was seen meanwhile is not kept from the ledger for longer. */
const longestStretchMs = 300_000;

/**
 * Observes while images are removed, in stretches: what one of them brought is a record of its own, which can be saved while the
 * removals go on. What was used since the plan stays known over all of them.
 */
export class RemovalWatch {
  readonly #session: EngineSession;
  readonly #ownTags: OwnTags;
  readonly #usedBefore = new Set<ImageId>();
  #hadLost = false;
  #progress: Progress;
  #watch: Watch;
  #beganAtMs: number;

  /** `progress`: where the plan was made. */
  constructor(session: EngineSession, ownTags: OwnTags, progress: Progress) {
    this.#session = session;
    this.#ownTags = ownTags;
    this.#progress = progress;
    this.#watch = this.#continue();
    this.#beganAtMs = this.#steadyMs;
  }

  /** What has been seen since the plan, but for the stretch that is not over. */
  get progress(): Progress {
    return this.#progress;
  }

  /** Whether the stretch has been going on for long. */
  get isLong(): boolean {
    return this.#steadyMs - this.#beganAtMs >= longestStretchMs;
  }

  /** See Watch. */
  drainNews(onEvent: (event: EngineEvent) => void): Promise<void> {
    return this.#watch.drainNews(onEvent);
  }

  /** Whether anything since the plan tells of a use of this image. */
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
  async endStretch(finished: readonly FinishedRemoval[]): Promise<Progress> {
    const { hasLost } = this.#watch;
    const before = this.#progress;
    const news = finished.slice(before.finished.length);
    const observed = withRefusals(await this.#watch.finish(), news);
    for (const id of observed.replay.uses.keys()) this.#usedBefore.add(id);
    this.#hadLost ||= hasLost || this.#watch.hasLost;
    this.#ownTags.forget();
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

  /** For an engine that can be observed no more: what was seen up to the last stretch, and what was done. */
  giveUp(finished: readonly FinishedRemoval[]): Progress {
    const { record, ...rest } = this.#progress;
    return { ...rest, record: withRemovals(record, finished.slice(rest.finished.length)), finished };
  }

  get #steadyMs(): number {
    return this.#session.steadyClock().elapsedMs;
  }

  #continue(): Watch {
    return Watch.continue(this.#session, this.#progress.record, this.#progress.listing, this.#ownTags);
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
