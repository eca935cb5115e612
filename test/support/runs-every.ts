import type { RunEntry } from "../../src/core/results/history.js";
import { run } from "./ledger/build-records.js";

/** Runs that came so far apart, the newest first, the last of them ended so long before `now`; milliseconds. */
export function runsEvery(
  apart: number,
  ago: number,
  now: number,
  changes: Partial<RunEntry> = {},
  count = 10,
): RunEntry[] {
  return Array.from({ length: count }, (_, index) => {
    const at = now - ago - index * apart;
    const observation = { from: at - apart, to: at, events: 3, gap: null, observedMs: at };
    return run({ startedAt: at, finishedAt: at, exitCode: 0, observation, removals: [], ...changes });
  });
}
