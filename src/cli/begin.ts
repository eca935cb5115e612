import type { AssessmentDependencies } from "../run/assess.js";
import type { Engine } from "../engine/port.js";
import type { Lock } from "../ledger/file/lock.js";
import { connect } from "./connect.js";
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

/** One stay at an engine, before anything of the ledger is read. */
export interface Begun extends Pick<AssessmentDependencies, "engine" | "steadyClock" | "measureFilesystem"> {
  /** Held while something may be written; else null. */
  readonly lock: Lock | null;
  /** The work that --run-timeout is for is over, and with it what a terminal shows of it. May be called twice. */
  readonly conclude: () => void;
  /** What is to be done when that is so, and at the end, while the lock is still held. */
  readonly ends: Ends;
}

export interface Ends {
  conclude: () => void;
  close: () => void;
}

export interface SessionOptions {
  /** Who reads works on a copy of the ledger, and needs no lock. */
  readonly access: "read" | "write";
  /** Called while the ledger is still there, and its lock, if it was had. */
  readonly onFailure?: (error: unknown, lock: Lock | null) => Promise<void>;
}

/** Engine, lock and the command's time around one piece of work. */
export async function withBegun<T>(
  { task, settings, engine, path }: Command,
  { access, onFailure }: SessionOptions,
  work: (begun: Begun) => Promise<T>,
): Promise<T> {
  const { process, interruption } = task;
  const ends: Ends = { conclude: () => undefined, close: () => undefined };
  let lock: Lock | null = null;
  let conclude = (): void => undefined;
  try {
    if (access === "write") lock = await lockTrusted(path, engine.address, settings, task);
    const callOff = interruption.endAfter(settings.runTimeoutMs);
    conclude = () => {
      callOff();
      ends.conclude();
    };
    const { steadyClock, measureFilesystem } = process;
    return await work({ engine, steadyClock, measureFilesystem, lock, conclude, ends });
  } catch (error) {
    conclude();
    // The engine may still be at work on a listing when the ledger turns out to be no good.
    engine.abandon();
    await onFailure?.(error, lock);
    throw error;
  } finally {
    conclude();
    ends.close();
    lock?.release();
  }
}
