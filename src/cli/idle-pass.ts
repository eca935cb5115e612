import type { EngineDescription } from "../engine/port.js";
import type { Lock } from "../ledger/file/lock.js";
import { reopenLedger } from "../ledger/sqlite-ledger.js";
import { passIdly, type Idleness, type IdleRun } from "../run/idle-run.js";
import { IdleNote } from "./idle-note.js";
import type { Command, Session } from "./session.js";

/** How a run with --quiet that has nothing to do is spared looking at everything. */
export class IdlePass {
  readonly #command: Command;
  readonly #session: Session;
  readonly #lock: Lock;
  readonly #note: IdleNote;
  /** Set where the engine was asked. */
  description: EngineDescription | undefined;

  private constructor(command: Command, session: Session, lock: Lock) {
    const { path, settings, task } = command;
    this.#command = command;
    this.#session = session;
    this.#lock = lock;
    this.#note = new IdleNote(path, settings, task.process.version);
  }

  /** Null where a run is to do more than what is due, or something else than the run before. */
  static of(command: Command, session: Session): IdlePass | null {
    const { output, lingerMs, listing, job, warnings } = command.settings;
    const isPlain = output === "text" && lingerMs === 0 && listing.asked === "carried" && job === null;
    if (session.lock === null || !isPlain || warnings.length > 0) return null;
    return new IdlePass(command, session, session.lock);
  }

  /** Null where the whole run has to be. */
  async pass(): Promise<IdleRun | null> {
    const idleness = this.#note.read();
    if (idleness === null) return null;
    const { task, settings, path } = this.#command;
    const { engine, steadyClock } = this.#session;
    this.description = await engine.describe();
    const passed = await passIdly(idleness, {
      engine,
      description: this.description,
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
    this.#session.closeLedger();
    this.#note.write(idleness);
  }
}
