import type { EngineRecord } from "../../core/uses/checkpoint.js";
import { recognized, type Recognition } from "../../core/uses/origin.js";
import { Failure } from "../../core/text/failure.js";
import type { Ledger } from "../../ledger/port.js";
import type { EngineSession } from "./list.js";

/** An engine with what the ledger knows of it, also where that was written under another ID. */
export interface RecognizedEngine {
  readonly session: EngineSession;
  readonly loaded: EngineRecord;
  /** Null where the engine tells nothing to know it by. */
  readonly recognition: Recognition | null;
}

/**
 * A Docker engine has its ID in /etc/docker before 23.0, below its data since: where one of them is made anew, as in a container,
 * it is another one above the same images. Its data is asked for once: it costs a call.
 */
export async function recognize(session: EngineSession, ledger: Ledger): Promise<RecognizedEngine> {
  const { engine, description } = session;
  const { identity, family, summary } = description;
  const known = ledger.load(identity);
  if (family === "podman") return { session, loaded: known, recognition: null };
  const dataId = known.origin?.dataId ?? (await orNull(engine.readDataId()));
  if (dataId === null) return { session, loaded: known, recognition: null };
  const isNew = known.checkpoint === null && dataId !== "";
  const knownAs = isNew ? { ...identity, dataId } : identity;
  const loaded = isNew ? ledger.load(knownAs) : known;
  const present = { dataId, hostName: summary.name, movedFrom: loaded.movedFrom ?? null };
  return {
    session: { ...session, description: { ...description, identity: knownAs } },
    loaded,
    recognition: recognized(loaded.origin, present),
  };
}

/** The next run asks again for what is not known now. */
async function orNull(telling: Promise<string>): Promise<string | null> {
  try {
    return await telling;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return null;
  }
}
