import { Failure } from "../../core/text/failure.js";
import type { ImageId } from "../../core/image/image.js";
import { ancestorsOf } from "../../core/facts/order.js";
import type { PlannedRemoval } from "../../core/plan/planned-image.js";
import type { Obstacle } from "../../core/policy/removal.js";
import type { EngineSession } from "../observe/list.js";
import { CurrentHolders, type PlannedFrom } from "./current-holders.js";
import { EventReader } from "./event-reader.js";
import type { Need, FreeSpaceCheck } from "./free-space.js";
import { TakenNames } from "./name-restorer.js";
import type { RegistryCheck } from "./registry-check.js";
import type { DeferredSave } from "./deferred-save.js";
import { removalOf, type Removal, type Removals } from "./removal.js";
import { removeImage } from "./remove-image.js";
import { recheck, type Recheck } from "./recheck.js";
import { Presences } from "../observe/presence.js";
import type { RemovalWatch } from "./removal-watch.js";

/** How far the removals are, for a person who waits. */
export interface RemovalProgress {
  readonly kind: "removing";
  readonly done: number;
  readonly total: number;
  readonly freedBytes: number;
  /** Of all removals together. */
  readonly totalBytes: number;
  /** The image in hand; null when all are done. */
  readonly current: PlannedRemoval | null;
}

export interface RemovalContext {
  readonly session: EngineSession;
  readonly plannedFrom: PlannedFrom;
  readonly watch: RemovalWatch;
  readonly space: FreeSpaceCheck;
  readonly registries: RegistryCheck;
  readonly deferredSave: DeferredSave;
  readonly isInterrupted: () => boolean;
  readonly onProgress: (progress: RemovalProgress) => void;
}

/** How old a reading of Podman's log may be. */
const longestOfLogMs = 1_000;

/**
 * Removes what is planned, one after the other: the classic stores hold a global lock while they delete, and others'
 * `docker run` would wait behind several. One image's failure costs only itself; an engine that no longer answers, and
 * a ledger that does not take what was observed before the engine may forget it, end the removals.
 */
export async function removeAll(
  planned: readonly PlannedRemoval[],
  context: RemovalContext,
): Promise<Removals> {
  const { now, eventBufferLimit } = context.session.description;
  const finished: Removal[] = [];
  const taken = new TakenNames(context.session, context.watch.ownTags);
  const holders = new CurrentHolders(context.session, context.plannedFrom);
  const eventReader = new EventReader({
    watch: context.watch,
    taken,
    holders,
    now: () => context.session.steadyClock().elapsedMs,
    longestMs: eventBufferLimit === null ? longestOfLogMs : 0,
  });
  const staying = new Set<ImageId>();
  const presences = new Presences(context.session.engine);
  const totalBytes = planned.reduce((sum, image) => sum + image.freedBytes, 0);
  const report = (done: number, current: PlannedRemoval | null) =>
    context.onProgress({ kind: "removing", done, total: planned.length, freedBytes, totalBytes, current });
  let freedBytes = 0;
  let unrecordedEvents = 0;
  let inHand: PlannedRemoval | null = null;
  try {
    for (const [done, image] of planned.entries()) {
      if (context.isInterrupted()) break;
      report(done, image);
      if (context.watch.isLong) {
        await taken.settle();
        context.deferredSave.renew(await context.watch.endStretch(finished));
        holders.forget();
      }
      const unrecorded = context.deferredSave.attempt();
      // One image may always go: it frees more than a ledger needs, and in a full buffer others push out more.
      if (unrecorded !== null && unrecordedEvents > 0) {
        if (unrecordedEvents + eventsOf(image) > context.deferredSave.eventHeadroom) throw unrecorded;
      }
      const look = await lookBefore(image, { ...context, eventReader, staying, presences, holders });
      if (look.kind === "clear") inHand = image;
      const result =
        look.kind === "objection"
          ? look.result
          : await removeImage(image.facts.image, look.state, { ...context, taken, presences, holders });
      inHand = null;
      finished.push(removalOf(image, result, now()));
      if (result.outcome === "removed") freedBytes += image.freedBytes;
      else context.space.stayed();
      if (result.obstacle !== null) for (const id of parentsOf(image, planned)) staying.add(id);
      if (result.outcome !== "skipped") unrecordedEvents += eventsOf(image);
    }
    await taken.settle();
    report(finished.length, null);
    return { finished, stoppedBy: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    await taken.returnMoved();
    const unknown = {
      outcome: "failed",
      detail: "What became of it is not known.",
      obstacle: "image",
    } as const;
    if (inHand !== null) finished.push(removalOf(inHand, unknown, now()));
    return { finished, stoppedBy: { code: error.code, message: error.message } };
  }
}

/** What its removal adds to the engine's events, at most: one for each name, and its own. */
function eventsOf({ facts }: PlannedRemoval): number {
  return facts.image.tags.length + facts.image.digests.length + 1;
}

interface BeforeRemoval extends RemovalContext {
  readonly eventReader: EventReader;
  /** Parents of images that stay. */
  readonly staying: ReadonlySet<ImageId>;
  readonly presences: Presences;
  readonly holders: CurrentHolders;
}

/** Nobody creates containers faster than they are asked for, time after time. */
const mostLooks = 10;

/**
 * The last look at an image before it goes. What holds it is looked at first, and then what happened until
 * now: a use that came and went meanwhile has left only its events, and a container that has come is asked for before another
 * look. What the engine no longer remembers of the time since the plan may have been a use.
 */
async function lookBefore(image: PlannedRemoval, context: BeforeRemoval): Promise<Recheck> {
  const { watch, space, registries, eventReader, staying, holders } = context;
  const planned = image.facts.image;
  if (staying.has(planned.id)) return skipped("An image that was built on it stays.", "moment");
  if (watch.mayHaveUsed(planned)) return skipped("It was used after the plan was made.", "use");
  const need = await space.asksFor(image);
  if (need !== "needed") return skipped(unneeded[need], "moment");
  // It may take long, so what happens meanwhile is looked at after it.
  const doubt = await registries.objectionTo(planned);
  if (doubt !== null) return skipped(doubt.detail, doubt.obstacle);
  holders.begin();
  for (let looks = 0; looks < mostLooks; looks += 1) {
    const look = await recheck(planned, context);
    if (look.kind === "objection") return look;
    await eventReader.beforeRemoval();
    if (watch.hasLost)
      return skipped("The engine no longer remembers all that happened since the plan was made.", "moment");
    // Who holds it says more than that it was used.
    if (holders.isBehind) continue;
    return watch.mayHaveUsed(planned) ? skipped("It was used after the plan was made.", "use") : look;
  }
  return skipped("New containers came faster than they could be inspected.", "moment");
}

const unneeded: Readonly<Record<Exclude<Need, "needed">, string>> = {
  enough: "It was not needed any more: there is enough free space.",
  "in-vain": "It would free nothing: there was no more free space after the removals before it.",
};

function skipped(detail: string, obstacle: Obstacle): Recheck {
  return { kind: "objection", result: { outcome: "skipped", detail, obstacle } };
}

/** The images that this one was built on, of those that are planned. */
function parentsOf({ facts }: PlannedRemoval, planned: readonly PlannedRemoval[]): ImageId[] {
  if (facts.image.parentId === null) return [];
  const present = new Map(planned.map((each) => [each.facts.image.id, each.facts]));
  return ancestorsOf(facts, present).map(({ image }) => image.id);
}
