import { eventTime, type EngineEvent } from "./event.js";

/** Events of one moment may be written in another order: engines take the time before they wait for their turn. */
const raceMs = 2_000;

/** A swarm's objects have events that carry the time of another host's clock (moby: `eventTimestamp`). */
const datedElsewhere = new Set(["network", "node", "service", "secret", "config"]);

export function isDatedByEngine({ type }: EngineEvent): boolean {
  return !datedElsewhere.has(type);
}

/**
 * Tells when events happened, in the order in which they were written. That order is certain, and a stamp is not: the
 * clock may have been set meanwhile. A stamp that lies before those of earlier events, or before the checkpoint that the
 * event came after, is false, and says only that it happened since: then it is as late as it can be.
 */
export class EventDates {
  #latestAt: number;
  readonly #now: number;

  /** `since`: all events that will be asked about came after this. Both are engine time, epoch milliseconds. */
  constructor(since: number, now: number) {
    this.#latestAt = since;
    this.#now = now;
  }

  /** The same event, at the time at which it happened. */
  date(event: EngineEvent): EngineEvent {
    const at = eventTime(event);
    // What a clock that was ahead has stamped says nothing of those that follow.
    if (at > this.#now || !isDatedByEngine(event)) return event;
    if (at < this.#latestAt - raceMs) return movedTo(event, this.#now);
    this.#latestAt = Math.max(this.#latestAt, at);
    return at < this.#latestAt ? movedTo(event, this.#latestAt) : event;
  }
}

/** The same event at another time, in epoch milliseconds. */
export function movedTo(event: EngineEvent, at: number): EngineEvent {
  return { ...event, timeNano: BigInt(at) * 1_000_000n };
}
