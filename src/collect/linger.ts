import { setTimeout as sleep } from "node:timers/promises";
import type { EngineRecord } from "../core/checkpoint.js";
import type { Listing } from "../core/listing.js";
import { nextRecord } from "../core/next-record.js";
import type { Observation } from "../core/observation.js";
import { joinObservations } from "../core/observation.js";
import type { RunEntry } from "../core/history.js";
import type { Ledger } from "../ledger/port.js";
import type { Observer } from "./list.js";
import { Watch } from "./watch.js";

/** Where a run ended. */
export interface Ongoing {
  readonly observer: Observer;
  readonly record: EngineRecord;
  readonly listing: Listing;
  readonly entry: RunEntry;
}

export interface LingerOptions {
  /** Milliseconds. */
  readonly durationMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** The buffer holds 256 events: read it long before that many have come. */
const eventsBetweenDrains = 64;
/** And when fewer come, let no use stay unwritten for longer than this. */
const longestWaitMs = 5_000;
/** An engine that restarts needs a moment. */
const reconnectMs = 1_000;

/**
 * Stays and writes down uses as they happen, for engines whose event buffer does not last from one run to the next.
 * The live stream only says that something happened: an engine drops events for a reader that is slow, and does not
 * tell. What happened is read from the buffer, whose anchor proves that nothing is missing. Waits without any work
 * while nothing happens. Throws a Failure when the engine or the ledger fails; what was saved until then is whole.
 */
export async function linger(ongoing: Ongoing, ledger: Ledger, options: LingerOptions): Promise<void> {
  // A log, as Podman keeps it, lasts without anybody reading it.
  if (ongoing.observer.description.eventBufferLimit === null) return;
  const recorder = new Recorder(ongoing, ledger);
  // Not AbortSignal.any: on Node 20 the garbage collector may take what it returns, and nothing ever ends.
  const end = new AbortController();
  const stop = () => end.abort();
  const timer = setTimeout(stop, options.durationMs);
  options.signal.addEventListener("abort", stop);
  if (options.signal.aborted) stop();
  try {
    while (!end.signal.aborted) {
      await follow(recorder, ongoing.observer, end.signal);
      await sleep(reconnectMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  } finally {
    clearTimeout(timer);
  }
  await recorder.finish();
}

/** Until the end, or until the stream breaks. */
async function follow(recorder: Recorder, { engine }: Observer, end: AbortSignal): Promise<void> {
  const alarm = new Alarm();
  const counting = (async () => {
    for await (const count of engine.countEvents(end)) alarm.add(count);
  })().finally(() => alarm.close());
  while (await alarm.rings()) await recorder.record();
  await counting;
}

/** Rings when enough events have come, or some time after the first one. */
class Alarm {
  // What came before the stream was open has to be read, too.
  #due = true;
  #closed = false;
  #events = 0;
  #timer: NodeJS.Timeout | null = null;
  #wake: () => void = () => undefined;

  add(count: number): void {
    this.#events += count;
    if (this.#events >= eventsBetweenDrains) this.#ring();
    else this.#timer ??= setTimeout(() => this.#ring(), longestWaitMs);
  }

  close(): void {
    this.#closed = true;
    this.#ring();
  }

  /** Settles when it rings; false when it is closed. */
  async rings(): Promise<boolean> {
    if (!this.#due) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#events = 0;
    this.#due = false;
    return !this.#closed;
  }

  #ring(): void {
    this.#due = true;
    this.#wake();
  }
}

/** Reads what is new, and saves it: whole records where images were used, otherwise just how far it was read. */
class Recorder {
  readonly #observer: Observer;
  readonly #ledger: Ledger;
  readonly #entry: RunEntry;
  #record: EngineRecord;
  #watch: Watch;
  /** Of what is saved. */
  #observation: Observation;

  constructor({ observer, record, listing, entry }: Ongoing, ledger: Ledger) {
    this.#observer = observer;
    this.#ledger = ledger;
    this.#entry = entry;
    this.#record = record;
    this.#observation = entry.observation;
    this.#watch = Watch.continue(observer, record, listing);
  }

  async record(): Promise<void> {
    await this.#watch.drain();
    if (this.#watch.hasNews) await this.finish();
    else this.#saveCheckpoint();
  }

  /** Lists, so that images and containers that came meanwhile are in the record, too. */
  async finish(): Promise<void> {
    const observed = await this.#watch.finish();
    this.#record = nextRecord(this.#record, observed);
    this.#observation = joinObservations(this.#observation, observed.observation);
    this.#save(this.#record, this.#observation);
    this.#watch = Watch.continue(this.#observer, this.#record, observed.listing);
  }

  #saveCheckpoint(): void {
    const { checkpoint, observation } = this.#watch;
    if (checkpoint === null || observation === null) return;
    this.#save({ ...this.#record, checkpoint }, joinObservations(this.#observation, observation));
  }

  #save(record: EngineRecord, observation: Observation): void {
    this.#ledger.save(this.#observer.description.identity, record, { ...this.#entry, observation });
  }
}
