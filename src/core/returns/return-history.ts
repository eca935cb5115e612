import type { ReturnGroup, TagState } from "./return-group.js";
import { binCount, binOf, type BinCounts } from "./idle-bins.js";

const halfLifeMs = 30 * 24 * 3_600_000;

/** How many of an image's ended idle times are kept. */
export const keptIdleTimes = 8;

/** The idle times that ended in a use, of all images of an engine, also of those that are gone. */
export interface ReturnHistory {
  /** By repository. */
  readonly counts: Readonly<Record<TagState, ReadonlyMap<string, BinCounts>>>;
  /** The observed clock, in milliseconds, to which the counts have been halved. */
  readonly countedAtMs: number;
}

export const emptyReturnHistory: ReturnHistory = {
  counts: { tagged: new Map(), untagged: new Map() },
  countedAtMs: 0,
};

/** Whether any idle time has ended in a use yet. */
export function isEmptyHistory({ counts }: ReturnHistory): boolean {
  return counts.tagged.size === 0 && counts.untagged.size === 0;
}

/** How long an image of a group was idle, or is. */
export interface IdleTime {
  readonly group: ReturnGroup;
  readonly idleMs: number;
}

/** With idle times that ended in a use. `observedMs`: the observed clock now. The same history where no idle time has ended. */
export function withEnded(
  history: ReturnHistory,
  ended: readonly IdleTime[],
  observedMs: number,
): ReturnHistory {
  if (ended.length === 0) return history;
  const left = shareLeft(history, observedMs);
  const halved = (counts: ReadonlyMap<string, BinCounts>) =>
    new Map([...counts].map(([repository, bins]) => [repository, bins.map((count) => count * left)]));
  const counts = { tagged: halved(history.counts.tagged), untagged: halved(history.counts.untagged) };
  for (const { group, idleMs } of ended) {
    const ofState = counts[group.tagState];
    const bins = ofState.get(group.repository) ?? Array.from({ length: binCount }, () => 0);
    bins[binOf(idleMs)] = (bins[binOf(idleMs)] ?? 0) + 1;
    ofState.set(group.repository, bins);
  }
  return { counts, countedAtMs: observedMs };
}

/** What is left of the counts at a moment of the observed clock, from 0 to 1. */
export function shareLeft({ countedAtMs }: ReturnHistory, observedMs: number): number {
  return faded(1, observedMs - countedAtMs);
}

/** What a count comes to after this much observed time, in milliseconds. */
export function faded(count: number, sinceMs: number): number {
  return count * 0.5 ** (Math.max(0, sinceMs) / halfLifeMs);
}

/** A count as the ledger has it: each was brought up to date when it last grew. */
export interface StoredBin {
  readonly group: ReturnGroup;
  readonly bin: number;
  readonly ended: number;
  /** The observed clock, in milliseconds. */
  readonly weighedAtMs: number;
}

/** All of them as they are at a moment of the observed clock. */
export function historyOf(bins: readonly StoredBin[], observedMs: number): ReturnHistory {
  const counts: Readonly<Record<TagState, Map<string, number[]>>> = {
    tagged: new Map(),
    untagged: new Map(),
  };
  for (const { group, bin, ended, weighedAtMs } of bins) {
    const known = counts[group.tagState].get(group.repository) ?? Array.from({ length: binCount }, () => 0);
    known[bin] = faded(ended, observedMs - weighedAtMs);
    counts[group.tagState].set(group.repository, known);
  }
  return { counts, countedAtMs: observedMs };
}

/** An image's own ended idle times with one more, oldest first. */
export function withEndedIdle(idleTimes: readonly number[], idleMs: number): readonly number[] {
  return [...idleTimes, idleMs].slice(-keptIdleTimes);
}
