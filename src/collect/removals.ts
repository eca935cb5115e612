import { Failure } from "../core/failure.js";
import type { OwnTags } from "../core/own-tags.js";
import type { PlannedImage } from "../core/plan.js";
import type { FailureCode } from "../core/failure.js";
import { Drains } from "./drains.js";
import type { RoomNeeded } from "./free-space.js";
import { TakenNames } from "./names-back.js";
import type { Recording } from "./recording.js";
import type { ImageRemovalContext, RemovalResult } from "./remove-image.js";
import { removeImage } from "./remove-image.js";
import type { Watch } from "./watch.js";

/** How far the removals are, for a person who waits. */
export interface RemovalProgress {
  readonly kind: "removing";
  readonly done: number;
  readonly total: number;
  readonly freedBytes: number;
  /** Of all removals together. */
  readonly totalBytes: number;
  /** The image in hand; null when all are done. */
  readonly current: PlannedImage | null;
}

export interface RemovalContext extends Omit<ImageRemovalContext, "taken"> {
  readonly watch: Watch;
  /** Told of names that are given back, for the watch. */
  readonly ownTags: OwnTags;
  readonly room: RoomNeeded;
  readonly recording: Recording;
  readonly isInterrupted: () => boolean;
  readonly onProgress: (progress: RemovalProgress) => void;
}

export interface FinishedRemoval extends RemovalResult {
  readonly planned: PlannedImage;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Removals {
  readonly finished: readonly FinishedRemoval[];
  /** What made an end of it before all were done. */
  readonly stoppedBy: { readonly code: FailureCode; readonly message: string } | null;
}

/**
 * Removes what is planned, one after the other: the classic stores hold a global lock while they delete, and others'
 * `docker run` would wait behind several. One image's failure costs only itself; an engine that no longer answers, and
 * a ledger that does not take what was observed before the engine may forget it, end the removals.
 */
export async function removeAll(
  planned: readonly PlannedImage[],
  context: RemovalContext,
): Promise<Removals> {
  const { now } = context.observer.description;
  const finished: FinishedRemoval[] = [];
  const taken = new TakenNames(context.observer, context.ownTags);
  const drains = new Drains({ watch: context.watch, taken, now });
  const totalBytes = planned.reduce((sum, image) => sum + image.freedBytes, 0);
  const report = (done: number, current: PlannedImage | null) =>
    context.onProgress({ kind: "removing", done, total: planned.length, freedBytes, totalBytes, current });
  let freedBytes = 0;
  let unrecordedEvents = 0;
  let inHand: PlannedImage | null = null;
  try {
    for (const [done, image] of planned.entries()) {
      if (context.isInterrupted()) break;
      report(done, image);
      const unrecorded = context.recording.attempt();
      // One image may always go: it frees more than a ledger needs, and in a full buffer others push out more.
      if (unrecorded !== null && unrecordedEvents > 0) {
        if (unrecordedEvents + eventsOf(image) > context.recording.spareEvents) throw unrecorded;
      }
      await drains.beforeNext();
      inHand = image;
      const result = await removeUnlessUsed(image, { ...context, taken });
      inHand = null;
      finished.push({ ...result, planned: image, at: now() });
      if (result.outcome === "removed") freedBytes += image.freedBytes;
      drains.count(eventsOf(image));
      if (result.outcome !== "skipped") unrecordedEvents += eventsOf(image);
    }
    await drains.finish();
    await taken.settle();
    report(finished.length, null);
    return { finished, stoppedBy: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // One reading of the events at a time; that it fails as well says nothing new.
    await drains.finish().catch(() => undefined);
    await taken.returnMoved();
    const detail = "What became of it is not known.";
    if (inHand !== null)
      finished.push({ outcome: "failed", detail, obstacle: "image", planned: inHand, at: now() });
    return { finished, stoppedBy: { code: error.code, message: error.message } };
  }
}

/** What its removal adds to the engine's events, at most: one for each name, and its own. */
function eventsOf({ facts }: PlannedImage): number {
  return facts.image.tags.length + facts.image.digests.length + 1;
}

async function removeUnlessUsed(
  image: PlannedImage,
  context: RemovalContext & ImageRemovalContext,
): Promise<RemovalResult> {
  if (context.watch.mayHaveUsed(image.facts.image)) {
    return { outcome: "skipped", detail: "It was used after the plan was made.", obstacle: "use" };
  }
  if (!(await context.room.asksFor(image))) {
    return {
      outcome: "skipped",
      detail: "It was not needed any more: there is enough free space.",
      obstacle: "moment",
    };
  }
  return removeImage(image.facts.image, context);
}
