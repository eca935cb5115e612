import { formatDuration } from "../text/duration.js";
import type { Gap, Observation } from "./observation.js";

/** The observed clock at an earlier moment; both in milliseconds. */
export interface PastObservation {
  readonly at: number;
  readonly observedMs: number;
}

/** How far back the share of observed time looks, in milliseconds. */
export const coverageMs = 24 * 60 * 60 * 1000;

/**
 * What a person should know of a gap: how long, why, how much was observed of late, and what would help if the schedule
 * is at fault. Null without a gap, and on the first run, before which nothing could be observed. `past` is the last
 * observation before `coverageMs` ago, or the first one of all.
 */
export function gapWarning(
  { from, to, observedMs, gap }: Observation,
  past: PastObservation | null,
): string | null {
  if (gap?.from == null || isNegligible(gap, gap.from)) return null;
  const missed = `The events of ${formatDuration(gap.to - gap.from)} are missing, and that time does not count`;
  return [`${missed}: ${causes[gap.cause]}.`, shareText(to, observedMs, past), advice(gap, to - from)].join(
    "",
  );
}

/** Of a quiet engine, in so short a time nothing is missed that a person could do anything about. */
function isNegligible({ to, cause }: Gap, from: number): boolean {
  return cause !== "overflow" && to - from < 1000;
}

/** How much of the last 24 hours was observed. */
export interface Coverage {
  /** From 0 to 1. */
  readonly share: number;
  /** How far back the ledger goes, at most 24 hours; milliseconds. */
  readonly spanMs: number;
}

/** Less than this of the last day, and a gap is still felt. */
const wellObserved = 0.99;

/** Of the last day; null where nothing was observed before. */
export function isWellObserved(share: number | null): boolean {
  return share === null || share >= wellObserved;
}

/** `to` is the moment of the observation. Null where nothing was observed before. */
export function coverageOf(
  { to, observedMs }: Pick<Observation, "to" | "observedMs">,
  past: PastObservation | null,
): Coverage | null {
  if (past === null || to <= past.at) return null;
  const spanMs = Math.min(coverageMs, to - past.at);
  return { share: Math.min(1, (observedMs - past.observedMs) / spanMs), spanMs };
}

const causes: Readonly<Record<Gap["cause"], string>> = {
  "first-run": "nothing was observed before",
  overflow: "the engine remembers 256 events, and there were more",
  restart: "the engine restarted, and forgot its events",
  clock: "the engine's clock and that of this host went apart, as one was set, or its host slept",
  host: "this host booted, and nothing shows how long the engine was at work meanwhile",
  unknown: "nothing in the engine's events shows whether it restarted",
};

function shareText(to: number, observedMs: number, past: PastObservation | null): string {
  const coverage = coverageOf({ to, observedMs }, past);
  if (coverage === null) return "";
  const { share, spanMs } = coverage;
  const known = spanMs < coverageMs ? ` (the ledger goes back ${formatDuration(spanMs)})` : "";
  return ` Of the last 24 hours${known}, ${(100 * share).toFixed(1)} % was observed.`;
}

/** In an overflow, the covered stretch is what the whole buffer held. */
function advice({ cause }: Gap, coveredMs: number): string {
  if (cause !== "overflow") return "";
  return ` The events lasted ${formatDuration(coveredMs)}: run at least that often, or let runs stay with --linger.`;
}
