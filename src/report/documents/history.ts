import type { RemovalEntry, RunEntry } from "../../core/results/history.js";
import { imageOf, isEventful, type Past, type PastFilter } from "../../core/results/past.js";
import { alternatives } from "../../core/text/lists.js";
import { nearestNames } from "../../core/text/nearest.js";
import { heading, note, paragraph, rowsOfNames, table, type Block, type Document } from "./document.js";
import { elastic, figure, rigid } from "../layout/columns.js";
import { namesThatGo } from "../wording/image-name.js";
import { named, span, type Line } from "../layout/line.js";
import { countText, durationText, momentText, sizeText } from "../wording/quantities.js";
import { outcomeSpan } from "./outcome.js";
import { reasonsText, returnText } from "../wording/removal-text.js";

export interface HistoryOptions {
  /** Rows of each table; null for all. */
  readonly limit: number | null;
  /** `eventful` leaves out the runs that found nothing to do. */
  readonly runs: "all" | "eventful";
  readonly asked: Asked;
}

/** What was asked for, to be said where nothing is like that. */
export interface Asked extends Pick<PastFilter, "since" | "until"> {
  readonly patterns: readonly string[];
}

/** For each engine: totals, the runs, the removals; newest first. */
export function historyDocument(pasts: readonly Past[], options: HistoryOptions): Document {
  const sections = pasts.flatMap((past) => [
    [...(pasts.length > 1 ? [heading(`Engine ${past.engine}`)] : []), totals(past, options)],
    runs(past, options),
    removals(past, options),
  ]);
  return { title: "docker-gc history", sections: pasts.length === 0 ? [[nothingRecorded]] : sections };
}

const nothingRecorded = paragraph("No run is recorded.");

/** That something is recorded and nothing of it was asked for is no lack of a record. */
function nothingFound(recorded: readonly RunEntry[], { patterns, since, until }: Asked): Block {
  const stretch = stretchOf(recorded);
  if (stretch === null) return nothingRecorded;
  const bounds = [
    since === null ? [] : [`since ${momentText(since)}`],
    until === null ? [] : [`before ${momentText(until)}`],
  ].flat();
  const what =
    patterns.length === 0
      ? "No run is recorded"
      : `No removal of an image that matches ${patterns.join(" or ")}`;
  const names = new Set(recorded.flatMap((run) => run.removals.flatMap((removal) => removal.names)));
  const guesses = patterns.flatMap((pattern) => nearestNames(pattern, [...names]));
  const hint = guesses.length === 0 ? "" : ` Did you mean ${alternatives([...new Set(guesses)])}?`;
  const rest = `${countText(recorded.length, "run")} ${recorded.length === 1 ? "is" : "are"} recorded, ${stretch}`;
  return paragraph(`${[what, ...bounds].join(" ")}; ${rest}.${hint}`);
}

function totals({ totals: sums, runs: all, recorded }: Past, { asked }: HistoryOptions): Block {
  const stretch = stretchOf(all);
  if (stretch === null) return nothingFound(recorded, asked);
  return paragraph([
    span(`${countText(sums.runs, "run")}, ${stretch}: ${countText(sums.removed, "image")} removed, `),
    span(sizeText(sums.freedBytes), "freed"),
    span(" freed"),
    ...(sums.failed === 0 ? [] : [span(`, ${countText(sums.failed, "removal")} failed`, "alarm")]),
    ...(sums.unsuccessful === 0
      ? []
      : [span(`; ${countText(sums.unsuccessful, "run")} did not end with exit 0`, "caution")]),
    ...(sums.unfinished === 0
      ? []
      : [span(`; ${countText(sums.unfinished, "run")} did not end, or not yet`, "caution")]),
    span("."),
  ]);
}

/** When the first and the last of these runs began; null where there is none. */
function stretchOf(runs: readonly RunEntry[]): string | null {
  const [newest, oldest] = [runs[0], runs.at(-1)];
  if (newest === undefined || oldest === undefined) return null;
  return `${momentText(oldest.startedAt)} to ${momentText(newest.startedAt)}`;
}

function runs({ runs: all }: Past, { runs: kind, limit }: HistoryOptions): Block[] {
  const eventful = kind === "all" ? all : all.filter(isEventful);
  const shown = limit === null ? eventful : eventful.slice(0, limit);
  const uneventful = all.length - eventful.length;
  const notes = [
    ...more(eventful.length - shown.length),
    ...(uneventful === 0
      ? []
      : [note(`${countText(uneventful, "run")} with nothing to report (--verbose shows all)`)]),
  ];
  if (shown.length === 0) return notes;
  const columns = [
    rigid("RUN", null),
    figure("TOOK", "comfortable"),
    figure("EXIT", null),
    figure("REMOVED", null),
    figure("FREED", null),
    elastic("MISSED", "none", { preferred: 16, comfortable: 10, least: 8 }),
  ];
  return [table(columns, shown.map(runRow)), ...notes];
}

function runRow({ startedAt, finishedAt, exitCode, observation, removals: entries }: RunEntry): Line {
  const removed = entries.filter(({ outcome }) => outcome === "removed");
  const freed = removed.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
  const { gap } = observation;
  return [
    span(momentText(startedAt)),
    finishedAt === null ? span("no end", "caution") : span(tookText(finishedAt - startedAt)),
    exitCode === null ? span("-", "faint") : span(String(exitCode), exitCode === 0 ? null : "alarm"),
    removed.length === 0 ? span("-", "faint") : span(String(removed.length)),
    removed.length === 0 ? span("-", "faint") : span(sizeText(freed), "freed"),
    gap === null ? span("") : span(missedText(gap), "caution"),
  ];
}

/** Nobody looks for milliseconds. */
function tookText(ms: number): string {
  return ms < 1000 ? "<1s" : durationText(ms - (ms % 1000));
}

function missedText({ from, to, cause }: NonNullable<RunEntry["observation"]["gap"]>): string {
  return from === null ? "first run" : `${durationText(to - from)} (${cause})`;
}

function removals({ runs: all }: Past, { limit }: HistoryOptions): Block[] {
  const entries = all.flatMap((run) => run.removals.toReversed());
  if (entries.length === 0) return [];
  const shown = limit === null ? entries : entries.slice(0, limit);
  const columns = [
    rigid("REMOVAL", null),
    elastic("IMAGE", "middle", { preferred: 24, comfortable: 20, least: 12 }),
    figure("FREED", "least"),
    rigid("RESULT", null),
    elastic("WHY", "none", { preferred: 16, comfortable: 12, least: 8 }),
  ];
  return [table(columns, shown.flatMap(removalRows)), ...more(entries.length - shown.length)];
}

/** What went is shown by all of its names, one below the other. */
function removalRows(removal: RemovalEntry): Line[] {
  const { at, freedBytes, reasons, outcome, detail } = removal;
  const [first = "", ...further] = namesThatGo(imageOf(removal));
  const row = [
    span(momentText(at)),
    named(first),
    outcome === "removed" ? span(sizeText(freedBytes), "freed") : span("-", "faint"),
    outcomeSpan(outcome),
    span([reasonsText(reasons), detail, returnText(removal)].filter((part) => part !== null).join("; ")),
  ];
  return rowsOfNames(row, further);
}

function more(count: number): Block[] {
  return count <= 0 ? [] : [note(`… and ${count} more (--limit shows more)`)];
}
