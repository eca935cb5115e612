import type { RunEntry } from "../core/results/history.js";

/** Runs of one timer differ by seconds; those of people come in between. */
const lookedAt = 20;

/** Milliseconds from the end of a run to the beginning of the next one, the middle of the last ones; null where there are too few. */
export function usualIntervalMs(runs: readonly RunEntry[]): number | null {
  const gaps = runs.slice(0, lookedAt).flatMap(({ startedAt }, index) => {
    const before = runs[index + 1];
    return before === undefined ? [] : [Math.max(0, startedAt - before.observation.to)];
  });
  if (gaps.length < 2) return null;
  gaps.sort((first, second) => first - second);
  return gaps[Math.floor(gaps.length / 2)] ?? null;
}
