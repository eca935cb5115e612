import type { Anchor } from "../image/anchor.js";
import { eventTime, type EngineEvent } from "./event.js";
import { isDatedByEngine } from "./event-dates.js";

/**
 * Reads an engine's event buffer from its beginning and finds the place where the last observation ended, by
 * position and never by time: the buffer is in the order of writing, not of the clock.
 */
export class EventWindow {
  readonly #anchor: Anchor | null;
  #newest: EngineEvent | null = null;
  #oldestAt: number | null = null;
  #latestAt: number | null = null;
  #latestAtBehindAnchor: number | null = null;
  #buffered = 0;
  #behindAnchor = 0;
  #anchorFound = false;

  constructor(anchor: Anchor | null) {
    this.#anchor = anchor;
  }

  /** Says what the event is: the anchor itself, so that everything before it is old news, or an event to replay. */
  push(event: EngineEvent): "anchor" | "event" {
    this.#newest = event;
    this.#buffered += 1;
    const isAnchor = this.#anchor !== null && isSameEvent(this.#anchor, event);
    if (isAnchor) {
      this.#anchorFound = true;
      this.#behindAnchor = 0;
      this.#latestAtBehindAnchor = null;
    } else this.#behindAnchor += 1;
    if (isDatedByEngine(event)) {
      const at = eventTime(event);
      this.#oldestAt ??= at;
      this.#latestAt = Math.max(this.#latestAt ?? at, at);
      if (!isAnchor) this.#latestAtBehindAnchor = Math.max(this.#latestAtBehindAnchor ?? at, at);
    }
    return isAnchor ? "anchor" : "event";
  }

  get anchorFound(): boolean {
    return this.#anchorFound;
  }

  /**
   * Whether all events behind the anchor are in a buffer of so many, null for a log. Behind an empty buffer, all that is in it is
   * new, as long as it is not full.
   */
  isWhole(bufferLimit: number | null): boolean {
    return this.#anchor === null ? this.#buffered < (bufferLimit ?? Infinity) : this.#anchorFound;
  }

  /** All events that were read. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Events to replay: those behind the anchor, or all of them where it is gone. */
  get events(): number {
    return this.#behindAnchor;
  }

  /** Epoch milliseconds of the first event of the buffer; null when it is empty. */
  get oldestAt(): number | null {
    return this.#oldestAt;
  }

  /** Epoch milliseconds, the greatest of all events; null when the buffer is empty. */
  get latestAt(): number | null {
    return this.#latestAt;
  }

  /** The same of the events to replay. */
  get latestAtBehindAnchor(): number | null {
    return this.#latestAtBehindAnchor;
  }

  /** The anchor for the next observation; null when the buffer is empty. */
  get nextAnchor(): Anchor | null {
    if (this.#newest === null) return null;
    const { timeNano, type, action, actorId } = this.#newest;
    return { timeNano, type, action, actorId };
  }
}

export function isSameEvent(anchor: Anchor, event: EngineEvent): boolean {
  return (
    anchor.timeNano === event.timeNano &&
    anchor.actorId === event.actorId &&
    anchor.action === event.action &&
    anchor.type === event.type
  );
}
