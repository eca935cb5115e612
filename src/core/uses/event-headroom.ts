import type { Observation } from "./observation.js";

/** Others go on meanwhile. The anchor needs a place, too. */
const roomForOthers = 64 + 1;

/** Where the engine keeps a log: far less than one that lasts. */
const spareInLog = 64;

/**
 * How many events of our own an engine can take before it forgets any that were observed since the checkpoint. As long
 * as these are not in the ledger, the engine's memory is all that has them. `bufferLimit` is null for a log.
 */
export function eventHeadroom({ events }: Observation, bufferLimit: number | null): number {
  return bufferLimit === null ? spareInLog : Math.max(0, bufferLimit - events - roomForOthers);
}
