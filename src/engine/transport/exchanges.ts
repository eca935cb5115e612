import type { Deadline } from "./deadline.js";

/** How long a command that is to end still waits for answers: to see what became of what it did, and to write that down. */
const lastAnswersMs = 1_000;

/** What is under way on a connection, and how it ends when nobody wants to wait any longer. */
export class Exchanges {
  readonly #all = new Set<Deadline>();
  readonly #removals = new Set<Deadline>();
  #isHurried = false;
  #isOver = false;

  add(deadline: Deadline): void {
    this.#all.add(deadline);
    if (this.#isOver) deadline.giveUp();
  }

  /** Until its answer nobody knows what became of it. */
  addRemoval(deadline: Deadline): void {
    this.#removals.add(deadline);
  }

  delete(deadline: Deadline): void {
    this.#all.delete(deadline);
    if (this.#removals.delete(deadline) && this.#isHurried) this.#endSoon();
  }

  /** Ends all, and all that follows, a moment from now; where a removal is under way, a moment after its answer. */
  hurry(): void {
    if (this.#isHurried) return;
    this.#isHurried = true;
    this.#endSoon();
  }

  /** Ends all at once, and all that follows. */
  abandon(): void {
    this.#end(() => true);
  }

  #endSoon(): void {
    if (this.#removals.size > 0) return;
    // One that has begun meanwhile is waited for as well.
    setTimeout(() => this.#end((each) => !this.#removals.has(each)), lastAnswersMs).unref();
  }

  #end(isMeant: (each: Deadline) => boolean): void {
    this.#isOver = true;
    for (const each of this.#all) if (isMeant(each)) each.giveUp();
  }
}
