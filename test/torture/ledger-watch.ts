import type { EngineRecord, ImageRecord } from "../../src/core/uses/checkpoint.js";
import { describeError } from "../../src/core/text/failure.js";
import type { EngineEvent } from "../../src/core/uses/event.js";
import { eventTime } from "../../src/core/uses/event.js";
import type { ImageId } from "../../src/core/image/image.js";
import { openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import type { Tally } from "./tally.js";
import type { Truth } from "./truth.js";

export const neverLost = "a recorded use was lost";
export const neverBroken = "a ledger needed repair";

/** Less than the 256 that an engine remembers: some more come while a run goes on. */
const surelyRemembered = 160;
/** Clocks are read in whole milliseconds, one of them over a socket. */
const roundingMs = 5;

/** Looks into a ledger after each run or kill, and compares it with what it said before and with the truth. */
export class LedgerWatch {
  readonly #path: string;
  readonly #key: string;
  readonly #truth: Truth;
  readonly #tally: Tally;
  readonly #events: EngineEvent[] = [];
  /** When each run began, epoch milliseconds. */
  readonly #runs: number[] = [];
  #restartedAt = -Infinity;
  #before: EngineRecord | null = null;

  constructor(path: string, key: string, truth: Truth, tally: Tally) {
    this.#path = path;
    this.#key = key;
    this.#truth = truth;
    this.#tally = tally;
  }

  /** What the ledger said at the last look. */
  get images(): EngineRecord["images"] | null {
    return this.#before?.images ?? null;
  }

  sawEvent(event: EngineEvent): void {
    this.#events.push(event);
  }

  sawRestart(at: number): void {
    this.#restartedAt = at;
  }

  /** An image that is gone may come back, and is then new to the ledger. */
  sawRemoval(image: ImageId): void {
    if (this.#before === null) return;
    const images = new Map(this.#before.images);
    images.delete(image);
    this.#before = { ...this.#before, images };
  }

  /** What the run hears is not what happened, and nothing shows that: as if the engine had restarted. */
  sawLie(about: "images" | "others"): void {
    this.#truth.openGap(this.#before?.checkpoint?.at ?? 0);
    // An image that is not listed is gone, as far as anybody can tell; next time it is new, and stays the longer.
    if (about === "images" && this.#before !== null) this.#before = { ...this.#before, images: new Map() };
  }

  /**
   * Call it before each run: from here on it is decided what the run can know.
   *
   * @param at epoch milliseconds of the engine's clock
   */
  beforeRun(at: number): void {
    this.#runs.push(at);
    const since = this.#before?.checkpoint?.at ?? 0;
    const events = this.#events.filter((event) => eventTime(event) >= since).length;
    if (events <= surelyRemembered && this.#restartedAt < since) return;
    this.#tally.count("runs that began with a gap");
    this.#truth.openGap(since);
  }

  /** @param when for the report of a broken promise */
  look(when: string): void {
    const record = this.#read(when);
    if (record === null) return;
    this.#tally.count("looks into the ledger");
    this.#compareWithBefore(record, when);
    const at = record.checkpoint?.at ?? 0;
    if (at !== (this.#before?.checkpoint?.at ?? 0)) this.#truth.closeGap(at);
    this.#compareWithTruth(record, when);
    this.#before = record;
  }

  #read(when: string): EngineRecord | null {
    try {
      const ledger = openLedgerInMemory(this.#path);
      try {
        return ledger.load({ key: this.#key });
      } finally {
        ledger.close();
      }
    } catch (error) {
      this.#tally.breach(neverBroken, `${when}: ${describeError(error)}`);
      return null;
    }
  }

  #compareWithBefore({ images }: EngineRecord, when: string): void {
    for (const [id, before] of this.#before?.images ?? []) {
      const now = images.get(id);
      if (this.#truth.appearedAt(id) === null) continue;
      if (now === undefined) this.#tally.breach(neverLost, `${when}: ${id} was known, and is not any more`);
      else if (isEarlier(now, before)) {
        const change = `${JSON.stringify(before)} became ${JSON.stringify(now)}`;
        this.#tally.breach(neverLost, `${when}: of ${id}, ${change}`);
      }
    }
  }

  #compareWithTruth({ images, checkpoint }: EngineRecord, when: string): void {
    if (checkpoint === null) return;
    // It was written by the last run that had begun by then, and that run listed later than it began.
    const listedFrom = this.#runs.findLast((at) => at <= checkpoint.at) ?? -Infinity;
    for (const [id, { lastUsedAt, lastUseKind }] of images) {
      const used = this.#truth.lastUseUpTo(id, checkpoint.at - roundingMs, listedFrom - roundingMs);
      if (used === null) continue;
      this.#tally.count("last uses compared with the truth");
      if (lastUsedAt >= used - roundingMs) continue;
      const late = `used at ${used}, recorded ${lastUseKind} at ${lastUsedAt}, checkpoint ${checkpoint.at}`;
      this.#tally.breach(neverLost, `${when}: ${id} was ${late}\n${this.#eventsFrom(lastUsedAt)}`);
    }
  }

  /** From just before that moment on, one a line. */
  #eventsFrom(moment: number): string {
    const events = this.#events.filter((event) => eventTime(event) >= moment - 200);
    return events
      .map((event) => {
        const { image = "", name = "" } = event.attributes;
        return `    ${eventTime(event)} ${event.type} ${event.action} ${event.actorId} ${image} ${name}`;
      })
      .join("\n");
  }
}

function isEarlier(now: ImageRecord, before: ImageRecord): boolean {
  return now.lastUsedAt < before.lastUsedAt || now.observedMsAtLastUse < before.observedMsAtLastUse;
}
