import type { EngineDescription } from "../engine/port.js";
import type { Lock } from "../ledger/file/lock.js";
import { reopenLedger } from "../ledger/reopen-ledger.js";
import { isSameScene, passIdly, type Idleness, type IdleRun } from "../run/idle-run.js";
import { IdleNote } from "./idle-note.js";
import type { Begun, Command } from "./begin.js";

/** How a run with --quiet that has nothing to do is spared looking at everything. */
export class IdlePass {
  readonly #command: Command;
  readonly #begun: Begun;
  readonly #lock: Lock;
  readonly #note: IdleNote;
  /** Set where the engine was asked, and is the one that was expected. */
  description: EngineDescription | undefined;

  constructor(command: Command, begun: Begun, lock: Lock) {
    const { path, settings, task } = command;
    this.#command = command;
    this.#begun = begun;
    this.#lock = lock;
    this.#note = new IdleNote(path, settings, task.process.version);
  }

  /** Null where the whole run has to be. */
  async pass(): Promise<IdleRun | null> {
    const idleness = this.#note.read();
    if (idleness === null) return null;
    const { task, settings, path } = this.#command;
    const { engine, steadyClock } = this.#begun;
    const description = await engine.describe(idleness.apiVersion);
    if (!isSameScene(idleness, description)) return null;
    this.description = description;
    const passed = await passIdly(idleness, {
      engine,
      description,
      steadyClock,
      openLedger: () => reopenLedger(path, this.#lock),
      isInterrupted: () => task.interruption.cause !== null,
      historyAgeMs: settings.historyAgeMs,
    });
    if (passed !== null) this.#note.write(idleness);
    return passed;
  }

  /** To be called after a whole run. */
  leave(idleness: Idleness | null): void {
    this.#begun.ends.close();
    this.#note.write(idleness);
  }
}

/** False where a run is to do more than what is due, or something else than the run before. */
export function mayPass({ settings }: Command): boolean {
  const { mode, verbosity, output, lingerMs, listing, job, warnings, metricsFile } = settings;
  const isPlain = output === "text" && lingerMs === 0 && listing.asked === "carried" && job === null;
  return (
    mode !== "dry-run" &&
    verbosity === "quiet" &&
    isPlain &&
    warnings.length === 0 &&
    metricsFile === undefined
  );
}
