import type { AssessmentDependencies } from "../run/assess.js";
import type { Engine } from "../engine/port.js";
import type { Lock } from "../ledger/file/lock.js";
import { LedgerOnDemand } from "../ledger/ledger-on-demand.js";
import { openLedger, openLedgerInMemory } from "../ledger/sqlite-ledger.js";
import { connect } from "./connect.js";
import { createProgress } from "./live-progress.js";
import { resolveSettings, type Settings } from "./options/settings.js";
import type { Task } from "./task.js";
import { lockTrusted, trustedLedgerPath, usersOf } from "./trusted-files.js";

/** What a command works with, and where. Nothing of it is asked or opened yet. */
export interface Command {
  readonly task: Task;
  readonly settings: Settings;
  readonly engine: Engine & { readonly address: string };
  /** Of the ledger. */
  readonly path: string;
}

/** Throws a Failure of code `usage` for settings that are refused, and one of `ledger` for a file that is not to be trusted. */
export function commandOf(task: Task): Command {
  const { raw, process, interruption } = task;
  const settings = resolveSettings(raw, process);
  const engine = connect(settings, process, { interruption, users: usersOf(raw, process) });
  return { task, settings, engine, path: trustedLedgerPath(task, settings) };
}

/** One stay at an engine, with its ledger. */
export interface Session extends AssessmentDependencies {
  readonly openLedger: LedgerOnDemand["get"];
  /** Before the end of the session, for whoever has to do with the file as it is then. */
  readonly closeLedger: () => void;
  /** Held while something may be written; else null. */
  readonly lock: Lock | null;
  /** The work that --run-timeout is for is over, and with it what a terminal shows of it. */
  readonly conclude: () => void;
}

export interface SessionOptions {
  /** Who reads works on a copy of the ledger, and needs no lock. */
  readonly access: "read" | "write";
  /** Called while the ledger is still there, and its lock, if it was had. */
  readonly onFailure?: (error: unknown, lock: Lock | null) => void;
}

/** Engine, ledger, lock, progress and the command's time around one piece of work. */
export async function withSession<T>(
  { task, settings, engine, path }: Command,
  { access, onFailure }: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { process, interruption } = task;
  let lock: Lock | null = null;
  const ledger = new LedgerOnDemand((identity) => {
    if (access === "read") return openLedgerInMemory(path);
    const opened = openLedger(path, { lock, engine: identity });
    lock?.announce();
    return opened;
  });
  const live = createProgress(settings, process);
  let conclude = live.end;
  try {
    if (access === "write") lock = await lockTrusted(path, engine.address, settings, task);
    const callOff = interruption.endAfter(settings.runTimeoutMs);
    conclude = () => {
      callOff();
      live.end();
    };
    const { steadyClock, measureFilesystem } = process;
    const onProgress = live.show;
    const openLedger = ledger.get;
    const closeLedger = (): void => {
      ledger.close();
    };
    const asked = { engine, steadyClock, measureFilesystem, onProgress };
    return await work({ ...asked, openLedger, closeLedger, lock, conclude });
  } catch (error) {
    conclude();
    // The engine may still be at work on a listing when the ledger turns out to be no good.
    engine.abandon();
    onFailure?.(error, lock);
    throw error;
  } finally {
    conclude();
    ledger.close();
    lock?.release();
  }
}
