import type { Anchor } from "../image/anchor.js";
import type { EngineEvent } from "./event.js";
import { EventWindow } from "./event-window.js";
import { ImageChanges } from "./image-changes.js";

/** What the events behind a certain one tell to have changed, over several readings of the engine's buffer. */
export class ChangesSince {
  readonly images = new ImageChanges();
  #anchor: Anchor | null;
  #window: EventWindow;
  #isWhole = true;
  #waiting: EngineEvent[] = [];
  readonly #limit: number | null;

  /** @param limit how many events the engine remembers; null: it keeps a log */
  constructor(anchor: Anchor | null, limit: number | null) {
    this.#anchor = anchor;
    this.#window = new EventWindow(anchor);
    this.#limit = limit;
  }

  /** False where the buffer had lost its place: then there may have been more. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  push(event: EngineEvent): void {
    if (this.#window.push(event) === "anchor") this.#waiting = [];
    else if (event.type === "image") this.#waiting.push(event);
  }

  /** All of the buffer was pushed. */
  endBuffer(): void {
    this.#isWhole &&= this.#window.isWhole(this.#limit);
    for (const event of this.#waiting) this.images.note(event);
    this.#waiting = [];
    this.#anchor = this.#window.nextAnchor ?? this.#anchor;
    this.#window = new EventWindow(this.#anchor);
  }
}
