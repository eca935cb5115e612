import { setTimeout as sleep } from "node:timers/promises";
import type { EngineRecord } from "../core/uses/checkpoint.js";
import type { Listing } from "../core/image/listing.js";
import { Failure } from "../core/text/failure.js";
import type { Findings } from "../core/uses/findings.js";
import { nextRecord } from "../core/uses/next-record.js";
import type { Observation } from "../core/uses/observation.js";
import { joinObservations } from "../core/uses/observation.js";
import type { RunEntry } from "../core/results/history.js";
import type { Ledger } from "../ledger/port.js";
import type { EngineSession } from "./observe/list.js";
import { Watch } from "./observe/watch.js";

/** Where a run ended. */
export interface Ongoing {
  readonly session: EngineSession;
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
 * while nothing happens, and for an engine that is away for a while. Throws a Failure when the ledger fails, or the engine is
 * away in the end; what was saved until then is whole.
 */
export async function linger(ongoing: Ongoing, ledger: Ledger, options: LingerOptions): Promise<void> {
  // A log, as Podman keeps it, lasts without anybody reading it.
  if (ongoing.session.description.eventBufferLimit === null) return;
  const recorder = new Recorder(ongoing, ledger);
  // Not AbortSignal.any: on Node 20 the garbage collector may take what it returns, and nothing ever ends.
  const end = new AbortController();
  const stop = () => end.abort();
  const timer = setTimeout(stop, options.durationMs);
  options.signal.addEventListener("abort", stop);
  if (options.signal.aborted) stop();
  try {
    while (!end.signal.aborted) {
      // An engine that restarts is away for a while: what happens then has no event, and the next reading reports the gap.
      await follow(recorder, ongoing.session, end.signal).catch(rethrowOthers);
      await sleep(reconnectMs, undefined, { signal: end.signal }).catch(() => undefined);
    }
  } finally {
    clearTimeout(timer);
  }
  await recorder.finish();
}

function rethrowOthers(error: unknown): void {
  if (!(error instanceof Failure) || error.code !== "engine") throw error;
}

/** Until the end, or until the stream breaks. */
async function follow(recorder: Recorder, { engine }: EngineSession, end: AbortSignal): Promise<void> {
  const alarm = new Alarm();
  const stop = new AbortController();
  end.addEventListener("abort", () => stop.abort(), { once: true, signal: stop.signal });
  if (end.aborted) stop.abort();
  const counting = (async () => {
    for await (const count of engine.countEvents(stop.signal)) alarm.add(count);
  })().finally(() => alarm.close());
  try {
    while (await alarm.rings()) await recorder.record();
  } finally {
    stop.abort();
    await counting;
  }
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

/** Reads what is new, and saves it. */
class Recorder {
  readonly #session: EngineSession;
  readonly #ledger: Ledger;
  readonly #entry: RunEntry;
  #record: EngineRecord;
  #listing: Listing;
  #watch: Watch;
  /** Of what is saved. */
  #observation: Observation;

  constructor({ session, record, listing, entry }: Ongoing, ledger: Ledger) {
    this.#session = session;
    this.#ledger = ledger;
    this.#entry = entry;
    this.#record = record;
    this.#listing = listing;
    this.#observation = entry.observation;
    this.#watch = Watch.continue(session, record, listing);
  }

  /** Where nothing happened to images and containers, those that were in use are so still, and nothing is listed. */
  record(): Promise<void> {
    return this.#save(async (watch) => {
      await watch.drain();
      const isMissing = (watch.observation?.gap ?? null) !== null;
      return watch.hasNews || isMissing ? watch.finish() : watch.conclude();
    });
  }

  /** Lists, so that images and containers that came meanwhile are in the record, too. */
  finish(): Promise<void> {
    return this.#save((watch) => watch.finish());
  }

  async #save(observe: (watch: Watch) => Promise<Findings>): Promise<void> {
    try {
      await this.#session.engine.syncClock(0);
      const observed = await observe(this.#watch);
      const record = nextRecord(this.#record, observed);
      const observation = joinObservations(this.#observation, observed.observation);
      const { identity } = this.#session.description;
      this.#ledger.save(identity, record, { ...this.#entry, observation });
      [this.#record, this.#listing, this.#observation] = [record, observed.listing, observation];
    } finally {
      // Of a watch that broke off nothing may be used: the next one goes on from what is saved.
      this.#watch = Watch.continue(this.#session, this.#record, this.#listing);
    }
  }
}
