import type { RemovalEntry, RunEntry } from "../../core/results/history.js";
import type { Past } from "../../core/results/past.js";
import { observationOf, schema } from "./report.js";
import { isoTime } from "../wording/quantities.js";

export function historyJson(pasts: readonly Past[]): object {
  const engines = pasts.map(({ engine, runs, totals }) => ({ engine, totals, runs: runs.map(runOf) }));
  return { schema, kind: "history", engines };
}

export function runOf({ startedAt, finishedAt, exitCode, observation, removals }: RunEntry): object {
  return {
    startedAt: isoTime(startedAt),
    finishedAt: isoTime(finishedAt),
    exitCode,
    observation: observationOf({ observation }),
    removals: removals.map(removalOf),
  };
}

export function removalOf(removal: RemovalEntry): object {
  const { at, imageId, names, freedBytes, reasons, outcome, detail, returned } = removal;
  return {
    at: isoTime(at),
    id: imageId,
    refs: names,
    freedBytes,
    reasons,
    outcome,
    outcomeDetail: detail,
    returned: returned && { at: isoTime(returned.at), bytes: returned.bytes },
  };
}
