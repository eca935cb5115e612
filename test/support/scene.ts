import { rmSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { MeasureFilesystem } from "../../src/run/remove/free-space.js";
import { usualListing, type ListingSettings } from "../../src/run/observe/list.js";
import { measureFilesystem } from "../../src/run/observe/measure-filesystem.js";
import { run } from "../../src/run/run.js";
import type { EngineRecord, ImageRecord, SteadyClock } from "../../src/core/uses/checkpoint.js";
import type { ImageId } from "../../src/core/image/image.js";
import type { ImageReport, RunReport } from "../../src/core/results/run-report.js";
import { ApiEngine } from "../../src/engine/docker-api/api-engine.js";
import type { InterruptionCause } from "../../src/core/results/interruption.js";
import { Connection } from "../../src/engine/transport/connection.js";
import type { Engine } from "../../src/engine/port.js";
import type { Ledger } from "../../src/ledger/port.js";
import { openLedger, openLedgerInMemory } from "../../src/ledger/sqlite-ledger.js";
import { askedPolicy, type PolicyRecipe } from "./values.js";
import { realClock } from "../practice-engine/clock.js";
import {
  startPracticeEngine,
  type PracticeEngine,
  type PracticeEngineOptions,
} from "../practice-engine/server.js";
import { familiarName } from "../practice-engine/names.js";
import type { EngineState } from "../practice-engine/state.js";
import { temporaryFolder } from "./temporary-folder.js";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** What passes at the start of each run. */
export const settlingMs = 1000;

/** A quota that nothing fits in: everything that may go does. */
export const everything: PolicyRecipe = { quotaBytes: 1 };
/** Limits that nothing is beyond. */
const nothing: PolicyRecipe = {};

/**
 * The engine's clock and the observer's steady one. Both go with the time of this machine, so that the order of
 * what happens is real, and a test moves them: together as time passes, or one alone as clocks that go wrong.
 */
export class SceneClock {
  readonly #real = realClock();
  #engineOffsetMs = 0;
  #steadyOffsetMs = 0;
  #bootId = "first boot";

  readonly now = (): bigint => this.#real() + BigInt(this.#engineOffsetMs) * 1_000_000n;

  readonly steady = (): SteadyClock => ({
    bootId: this.#bootId,
    elapsedMs: Math.floor(performance.now()) + this.#steadyOffsetMs,
  });

  /** Time passes, for all. */
  pass(milliseconds: number): void {
    this.#engineOffsetMs += milliseconds;
    this.#steadyOffsetMs += milliseconds;
  }

  /** The engine's clock is set, or the host sleeps: the steady clock does not move. */
  step(milliseconds: number): void {
    this.#engineOffsetMs += milliseconds;
  }

  /** The host boots: its steady clock begins anew. */
  reboot(): void {
    this.#bootId += " again";
    this.#steadyOffsetMs = -Math.floor(performance.now());
  }

  /** Epoch milliseconds. */
  get time(): number {
    return Number(this.now() / 1_000_000n);
  }
}

/** Identity of a practice engine that is not told another. */
export const practiceKey = "PRAC:TICE:ENGI:NE00 overlay2 /var/lib/docker";

export interface RunOptions {
  readonly mode?: "run" | "dry-run";
  /** Milliseconds for each call. */
  readonly timeoutMs?: number;
  readonly interruptedBy?: () => InterruptionCause | null;
  readonly listing?: ListingSettings;
  /** In place of the real one. */
  readonly measureFilesystem?: MeasureFilesystem;
  /** Stands between the run and the engine. */
  readonly engine?: (real: Engine) => Engine;
  /** In place of the file. It is not closed. */
  readonly ledger?: Ledger;
}

/** A practice engine behind its socket, a ledger in a file, and clocks that a test moves. */
export class Scene {
  readonly clock: SceneClock;
  readonly practice: PracticeEngine;
  readonly ledgerPath: string;

  constructor(clock: SceneClock, practice: PracticeEngine, ledgerPath: string) {
    this.clock = clock;
    this.practice = practice;
    this.ledgerPath = ledgerPath;
  }

  /** The same ledger and clocks, another engine. */
  through(practice: PracticeEngine): Scene {
    return new Scene(this.clock, practice, this.ledgerPath);
  }

  get engine(): EngineState {
    return this.practice.engine;
  }

  /** One whole run, as the command makes it. */
  async run(limits: PolicyRecipe = nothing, options: RunOptions = {}): Promise<RunReport> {
    const { mode = "run", timeoutMs = 10_000, interruptedBy = () => null, listing = usualListing } = options;
    // What a run takes for the engine's clock lags by as long as the answer took. No run starts in the very moment of
    // what it is to see.
    this.clock.pass(settlingMs);
    const connection = new Connection({ kind: "unix", socketPath: this.practice.socketPath });
    const open = mode === "run" ? openLedger : openLedgerInMemory;
    const ledger = options.ledger ?? open(this.ledgerPath);
    try {
      const { report } = await run(
        { mode, policy: askedPolicy(limits), historyAgeMs: 90 * day, listing, warnings: [] },
        {
          engine: (options.engine ?? ((real) => real))(new ApiEngine(connection, timeoutMs)),
          openLedger: () => ledger,
          steadyClock: this.clock.steady,
          measureFilesystem: options.measureFilesystem ?? measureFilesystem,
          interruptedBy,
          beforeRemovals: () => undefined,
          onProgress: () => undefined,
        },
      );
      return report;
    } finally {
      if (options.ledger === undefined) ledger.close();
    }
  }

  /** What the file says of this engine. */
  record(): EngineRecord {
    const ledger = openLedgerInMemory(this.ledgerPath);
    try {
      return ledger.load({ key: practiceKey });
    } finally {
      ledger.close();
    }
  }

  recordOf(id: ImageId): ImageRecord {
    const found = this.record().images.get(id);
    if (found === undefined) throw new Error(`The ledger has no image ${id}.`);
    return found;
  }

  /** All names of all images, sorted; an image without any by its ID. */
  names(): string[] {
    const { images } = this.engine;
    return [...images.all()]
      .flatMap(({ id }) => (images.namesOf(id).length === 0 ? [id] : images.namesOf(id).map(familiarName)))
      .sort();
  }

  /** What was asked to be removed, in order. */
  deletes(): string[] {
    return this.requests("DELETE");
  }

  requests(method: string): string[] {
    return this.practice.requests.filter((request) => request.method === method).map(({ path }) => path);
  }

  /** Calls back once, before the first such request is answered. */
  before(method: string, path: RegExp, deed: () => void): void {
    let done = false;
    this.practice.onRequest = (askedMethod, askedPath) => {
      if (!done && askedMethod === method && path.test(askedPath)) {
        done = true;
        deed();
      }
      return undefined;
    };
  }
}

/** Stands until the test is over. */
export async function startScene(options: PracticeEngineOptions & { readonly ledgerPath?: string } = {}) {
  const clock = new SceneClock();
  const practice = await startPracticeEngine({ now: clock.now, ...options });
  onTestFinished(() => practice.close().then(() => rmSync(practice.socketPath, { force: true })));
  return new Scene(clock, practice, options.ledgerPath ?? join(temporaryFolder(), "ledger.db"));
}

/** An engine that does some things in another way. */
export function otherwise(real: Engine, changes: Partial<Engine>): Engine {
  return new Proxy(real, {
    get: (target, key) => {
      const value: unknown = Reflect.get(changes, key) ?? Reflect.get(target, key);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

/** The image of this ID or name; throws when the report has none. */
export function imageIn(report: RunReport, idOrName: string): ImageReport {
  const found = report.images.find(({ image }) => image.id === idOrName || image.tags.includes(idOrName));
  if (found === undefined) throw new Error(`The report has no image ${idOrName}.`);
  return found;
}

export function outcomesOf(report: RunReport): Record<string, string | null> {
  return Object.fromEntries(
    report.images.map(({ image, outcome }) => [image.tags[0] ?? image.digests[0] ?? image.id, outcome]),
  );
}
