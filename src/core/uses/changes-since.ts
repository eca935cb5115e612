import type { Anchor } from "../image/anchor.js";
import type { EngineEvent } from "./event.js";
import { isSameEvent } from "./event-window.js";
import { ImageChanges } from "./image-changes.js";

/** What the events behind a certain one tell to have changed, over several readings of the engine's buffer. */
export class ChangesSince {
  readonly images = new ImageChanges();
  #anchor: Anchor | null;
  #newest: EngineEvent | null = null;
  #isFound = false;
  #isWhole = true;
  #waiting: EngineEvent[] = [];
  #buffered = 0;
  readonly #limit: number;

  /** @param limit how many events the engine remembers */
  constructor(anchor: Anchor | null, limit: number) {
    this.#anchor = anchor;
    this.#limit = limit;
  }

  /** False where the buffer had lost its place: then there may have been more. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  push(event: EngineEvent): void {
    this.#newest = event;
    this.#buffered += 1;
    if (this.#anchor !== null && isSameEvent(this.#anchor, event)) {
      this.#isFound = true;
      this.#waiting = [];
    } else if (event.type === "image") this.#waiting.push(event);
  }

  /** All of the buffer was pushed. */
  endBuffer(): void {
    // Behind an empty buffer, all that is in it is new, as long as it is not full.
    if (this.#anchor === null ? this.#buffered >= this.#limit : !this.#isFound) this.#isWhole = false;
    for (const event of this.#waiting) this.images.note(event);
    if (this.#newest !== null) {
      const { timeNano, type, action, actorId } = this.#newest;
      this.#anchor = { timeNano, type, action, actorId };
    }
    [this.#waiting, this.#newest, this.#isFound, this.#buffered] = [[], null, false, 0];
  }
}
