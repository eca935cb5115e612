import type { News } from "../../core/results/conditions.js";
import type { Needs } from "../documents/quiet.js";
import { paintLine, span, type Line } from "../layout/line.js";
import { plainPalette } from "../layout/palette.js";
import type { LinePrefix } from "../layout/priority.js";
import { endSentence, sinceSentence } from "../wording/condition-words.js";
import { unbroken } from "./text.js";

/**
 * What a log that nobody reads has of a run: nothing unless something needs a person. Left out is what was reported before, and
 * what is over comes last. `news`: null where nothing is remembered, and so everything is news.
 */
export function renderQuiet({ urgent, conditions }: Needs, news: News | null, prefix: LinePrefix): string[] {
  const reported = [...conditions].flatMap(([condition, blocks]) => {
    const since = news === null ? null : news.reported.get(condition);
    return since === undefined ? [] : withSince(unbroken(blocks), since);
  });
  const ended = news === null ? [] : endLines(news);
  return paintQuietly([...unbroken(urgent), ...reported, ...ended], prefix);
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
