import type { RemovalEntry, RunEntry } from "../core/history.js";
import { observationOf } from "./json.js";
import { isoTime } from "./quantities.js";

/** One past run for programs. */
export function runOf({ startedAt, finishedAt, exitCode, observation, removals }: RunEntry): object {
  return {
    startedAt: isoTime(startedAt),
    finishedAt: isoTime(finishedAt),
    exitCode,
    observation: observationOf({ observation }),
    removals: removals.map(removalOf),
  };
}

function removalOf({ at, imageId, names, freedBytes, reasons, outcome, detail }: RemovalEntry): object {
  return { at: isoTime(at), id: imageId, refs: names, freedBytes, reasons, outcome, outcomeDetail: detail };
}
