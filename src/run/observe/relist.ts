import type { Checkpoint, EngineRecord } from "../../core/uses/checkpoint.js";
import { judgeContinuity } from "../../core/uses/continuity.js";
import type { EngineEvent } from "../../core/uses/event.js";
import { eventTime } from "../../core/uses/event.js";
import { isDatedByEngine } from "../../core/uses/event-dates.js";
import { EventWindow } from "../../core/uses/event-window.js";
import type { ImageChanges } from "../../core/uses/image-changes.js";
import type { FullListingCause, Listing } from "../../core/image/listing.js";
import { carryForward, type KnownListing } from "./carry-forward.js";
import { list, listWith, type EngineSession } from "./list.js";

/** What the ledger knows of the images; else why they have to be listed. */
export function knownFrom(
  { checkpoint, listed, isOfOtherStore }: EngineRecord,
  changes: ImageChanges,
): KnownListing | FullListingCause {
  if (checkpoint === null) return "first-run";
  // Another store has other images.
  if (isOfOtherStore) return "gap";
  const { base, images } = listed;
  return base === null ? "unclear" : { ...base, images, checkpoint, changes };
}

/**
 * The images, and all that may hold one: carried forward from what is known, by the events since and a look at the images that they
 * name, which costs the engine what has changed; or listed, wherever that would not be as sure or costs less.
 */
export async function relist(
  session: EngineSession,
  known: KnownListing | FullListingCause,
): Promise<Listing> {
  const { description, listing } = session;
  if (!description.announcesImages) return list(session);
  const listedAt = description.now();
  const past = await readPast(session, typeof known === "string" ? null : known.checkpoint);
  const { nextAnchor: upTo } = past.window;
  const cause = typeof known === "string" ? known : causeToList(known, past, listedAt, listing);
  const carried = cause === null && typeof known !== "string" ? await carryForward(session, known) : cause;
  if (carried === null || typeof carried === "string") {
    const all = await list(session);
    const counted = description.imageCount();
    const base = counted === null ? null : { fullAt: all.listedAt, counted };
    return { ...all, base, upTo, source: { kind: "full", because: carried ?? "unclear" } };
  }
  const { fullAt } = known as KnownListing;
  const base = { fullAt, counted: carried.counted };
  return { ...(await listWith(session, carried.images, listedAt)), base, upTo, source: { kind: "carried" } };
}

interface Past {
  readonly window: EventWindow;
  /** Behind the checkpoint. */
  readonly events: readonly EngineEvent[];
  /** Whether they are all that happened. */
  readonly isWhole: boolean;
}

async function readPast(
  { engine, description, steadyClock }: EngineSession,
  checkpoint: Checkpoint | null,
): Promise<Past> {
  const steady = steadyClock();
  const [now, nowAtMost] = [description.now(), description.nowAtMost()];
  const window = new EventWindow(checkpoint?.anchor ?? null);
  const events: EngineEvent[] = [];
  let hasHidden = false;
  for await (const event of engine.readEvents(nowAtMost, null)) {
    if (window.push(event) !== "anchor") {
      events.push(event);
      continue;
    }
    // What was hidden at the checkpoint, by a clock that was set back, was in no listing.
    hasHidden = events.some(
      (each) => isDatedByEngine(each) && eventTime(each) > (checkpoint?.at ?? Infinity),
    );
    events.length = 0;
  }
  const bufferLimit = description.eventBufferLimit;
  const { gap } = judgeContinuity({ checkpoint, window, now, nowAtMost, steady, bufferLimit });
  return { window, events, isWhole: gap === null && !hasHidden };
}

function causeToList(
  known: KnownListing,
  past: Past,
  now: number,
  { asked, everyMs }: EngineSession["listing"],
): FullListingCause | null {
  if (asked === "full") return "asked";
  if (!past.isWhole) return "gap";
  const age = now - known.fullAt;
  if (age >= everyMs || age < 0) return "due";
  for (const event of past.events) known.changes.note(event);
  return known.changes.isClear ? null : "unclear";
}
