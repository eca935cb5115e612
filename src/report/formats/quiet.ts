import type { News } from "../../core/results/conditions.js";
import type { RunReport } from "../../core/results/run-report.js";
import { needsOf, type Needs } from "../documents/quiet.js";
import { paintLine, span, type Line } from "../layout/line.js";
import { plainPalette } from "../layout/palette.js";
import { noPrefix, type LinePrefix } from "../layout/priority.js";
import { endSentence, sinceSentence } from "../wording/condition-words.js";
import { unbroken } from "./text.js";

/** The report for a log that nobody reads: empty unless something needs a person. */
export function renderQuiet(report: RunReport, prefix: LinePrefix = noPrefix): string[] {
  const needs = needsOf(report);
  // Everything is news where nothing is remembered.
  const reported = new Map([...needs.conditions.keys()].map((condition) => [condition, null]));
  return renderNews(needs, { reported, ended: new Map() }, prefix);
}

/** The same without what was reported before, and with what is over. */
export function renderNews(needs: Needs, news: News, prefix: LinePrefix): string[] {
  const reported = [...needs.conditions].flatMap(([condition, blocks]) => {
    const since = news.reported.get(condition);
    return since === undefined ? [] : withSince(unbroken(blocks), since);
  });
  return paintQuietly([...unbroken(needs.urgent), ...reported, ...endLines(news)], prefix);
}

/** For a log: neither broken nor coloured. */
export function paintQuietly(lines: readonly Line[], prefix: LinePrefix): string[] {
  return lines.map((line) => prefix(line) + paintLine(line, undefined, plainPalette));
}

export function endLines({ ended }: News): Line[] {
  return [...ended].flatMap(([condition, since]) => {
    const sentence = endSentence(condition, since);
    return sentence === null ? [] : [[span(sentence)]];
  });
}

function withSince(lines: readonly Line[], since: number | null): readonly Line[] {
  const last = lines.at(-1);
  if (since === null || last === undefined) return lines;
  return [...lines.slice(0, -1), [...last, span(` ${sinceSentence(since)}`)]];
}
