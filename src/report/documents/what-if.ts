import { enoughShare, type WhatIf, type WhatIfRow } from "../../core/what-if/what-if.js";
import { figure, rigid } from "../layout/columns.js";
import { span, type Line } from "../layout/line.js";
import { countText, durationText, momentText, sizeText } from "../wording/quantities.js";
import { heading, paragraph, table, type Block, type Document } from "./document.js";

/** What quotas would have come to on one engine. */
export interface EngineWhatIf {
  /** What the ledger tells engines apart by. */
  readonly engine: string;
  readonly result: WhatIf;
  /** Of the time since the first use of the log, from 0 to 1; null where there was none. */
  readonly observedShare: number | null;
}

const dayMs = 24 * 3_600_000;
const barLength = 20;

/** For each engine: what was replayed, a row for each quota, and which of them is enough. */
export function whatIfDocument(engines: readonly EngineWhatIf[]): Document {
  const sections = engines.flatMap((each) => [
    [...(engines.length > 1 ? [heading(`Engine ${each.engine}`)] : []), replayed(each)],
    [quotaTable(each.result)],
    [recommendation(each.result)],
  ]);
  return { title: "docker-gc what-if", sections: engines.length === 0 ? [[nothingLogged]] : sections };
}

const nothingLogged = paragraph(
  "No use is logged yet. Runs write down what was used; ask again after a week or so of them.",
);

function replayed({ result, observedShare }: EngineWhatIf): Block {
  const { sessions, images, from, spanMs } = result;
  const seen = observedShare === null ? "" : `, of which ${(100 * observedShare).toFixed(0)} % was observed`;
  return paragraph(
    `${countText(sessions, "use")} of ${countText(images, "image")} in ${durationText(roundedMs(spanMs))} since ` +
      `${momentText(from)}${seen}, replayed with each quota and no other limit.`,
  );
}

function roundedMs(ms: number): number {
  const unit = ms < dayMs ? 60_000 : dayMs / 24;
  return ms - (ms % unit);
}

function quotaTable({ rows, spanMs }: WhatIf): Block {
  const most = Math.max(1, ...rows.map(({ pulledAgainBytes }) => pulledAgainBytes));
  const columns = [
    figure("QUOTA", null),
    figure("KEPT", null),
    figure("WOULD HAVE BEEN REMOVED", "comfortable"),
    figure("PULLED AGAIN PER DAY", null),
    rigid("", "preferred"),
  ];
  return table(
    columns,
    rows.map((row) => quotaRow(row, most, spanMs)),
  );
}

function quotaRow(
  { quotaBytes, keptBytes, removals, pulledAgainBytes }: WhatIfRow,
  most: number,
  spanMs: number,
): Line {
  return [
    span(sizeText(quotaBytes)),
    span(sizeText(keptBytes)),
    span(countText(removals, "image")),
    span(sizeText(perDay(pulledAgainBytes, spanMs))),
    span("█".repeat(Math.round((barLength * pulledAgainBytes) / most))),
  ];
}

/** Of less than a day all counts as of one. */
export function perDay(bytes: number, spanMs: number): number {
  return Math.round((bytes * dayMs) / Math.max(dayMs, spanMs));
}

function recommendation({ rows, recommendedBytes }: WhatIf): Block {
  const share = `${100 * enoughShare} %`;
  if (recommendedBytes === null) {
    const largest = sizeText(rows.at(-1)?.quotaBytes ?? 0);
    return paragraph(
      `With each of these, more than ${share} would have been pulled again; try more than ${largest}.`,
    );
  }
  const size = sizeText(recommendedBytes);
  return paragraph(
    `The smallest of these with at most ${share} pulled again: --quota ${size.replace(/ ([KMGTP])iB$/, "$1")}. ` +
      "That is about the past; the future may differ.",
  );
}
