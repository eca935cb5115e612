import type { AssessmentDependencies } from "../run/assess.js";
import { LedgerOnDemand } from "../ledger/ledger-on-demand.js";
import { openLedger, openLedgerInMemory } from "../ledger/sqlite-ledger.js";
import { withBegun, type Begun, type Command, type SessionOptions } from "./begin.js";
import { createProgress } from "./live-progress.js";

/** One stay at an engine, with its ledger. */
export interface Session extends Begun, AssessmentDependencies {
  readonly openLedger: LedgerOnDemand["get"];
  /** Before the end of the session, for whoever has to do with the file as it is then. */
  readonly closeLedger: () => void;
}

/** Engine, ledger, lock, progress and the command's time around one piece of work. */
export function withSession<T>(
  command: Command,
  options: SessionOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  return withBegun(command, options, (begun) => work(sessionOf(command, begun)));
}

/** With the ledger, which is opened when it is first needed, and with what a terminal shows. */
export function sessionOf({ task, settings, path }: Command, begun: Begun): Session {
  const { lock, ends } = begun;
  const ledger = new LedgerOnDemand((identity) => {
    if (lock === null) return openLedgerInMemory(path);
    const opened = openLedger(path, { lock, engine: identity });
    lock.announce();
    return opened;
  });
  const live = createProgress(settings, task.process);
  ends.conclude = live.end;
  ends.close = () => ledger.close();
  return { ...begun, onProgress: live.show, openLedger: ledger.get, closeLedger: ends.close };
}
