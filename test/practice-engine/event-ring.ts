import type { EngineEvent } from "../../src/core/uses/event.js";

/** moby's `eventsLimit`: a constant, the same in every version. */
const capacity = 256;

export interface Subscriber {
  readonly event: (event: EngineEvent) => void;
  /** The engine went away. */
  readonly end: () => void;
}

/** The last 256 events of all types, in memory, as in moby's daemon/events. */
export class EventRing {
  #buffer: EngineEvent[] = [];
  readonly #subscribers = new Set<Subscriber>();

  publish(event: EngineEvent): void {
    if (this.#buffer.length === capacity) this.#buffer.shift();
    this.#buffer.push(event);
    for (const subscriber of this.#subscribers) subscriber.event(event);
  }

  /**
   * Inclusive at both ends. Like moby's loadBufferedEvents it goes from the newest to the oldest and stops at the
   * first one that is too old: an event with an old stamp hides all before it.
   */
  between(since: bigint, until: bigint | null): readonly EngineEvent[] {
    const found: EngineEvent[] = [];
    for (const event of this.#buffer.toReversed()) {
      if (event.timeNano < since) break;
      if (until === null || event.timeNano <= until) found.push(event);
    }
    return found.reverse();
  }

  /** Answers with the way out. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** The engine restarts: it remembers nothing. */
  lose(): void {
    this.#buffer = [];
    for (const subscriber of this.#subscribers) subscriber.end();
    this.#subscribers.clear();
  }
}
