import type { Image } from "../../core/image/image.js";
import type { RecordedOutcome } from "../../core/uses/recorded-uses.js";
import { imageName } from "../wording/image-name.js";
import { blankLine, span, type Line } from "../layout/line.js";
import { paragraph } from "../layout/paragraph.js";
import { agoText, countText, durationText } from "../wording/quantities.js";
import { table, type Column } from "../layout/table.js";

/** What came of an import. Moments are epoch milliseconds. */
export interface Imported {
  readonly mode: "run" | "dry-run";
  readonly finishedAt: number;
  readonly images: readonly {
    readonly image: Image;
    readonly outcome: RecordedOutcome;
    readonly lastUsedAt: number;
    readonly idleMs: number;
  }[];
  readonly absent: number;
  readonly isNewLedger: boolean;
}

const outcomeTexts: Readonly<Record<RecordedOutcome, string>> = {
  taken: "taken over",
  later: "moved forward",
  known: "as late a use is known",
  "no-use": "no time of a use",
};

/** For a person. */
export function importLines(imported: Imported, width: number | undefined): Line[] {
  const { images, absent, finishedAt, isNewLedger } = imported;
  const rows = images.map(({ image, outcome, lastUsedAt, idleMs }) => [
    span(imageName(image)),
    span(agoText(lastUsedAt, finishedAt)),
    span(durationText(idleMs)),
    span(outcomeTexts[outcome], outcome === "taken" || outcome === "later" ? "freed" : "faint"),
  ]);
  const notes = [
    ...(absent === 0 ? [] : [`${countText(absent, "image")} in the file that this engine does not have.`]),
    ...(isNewLedger ? [] : ["The ledger knew this engine already, so only later uses were taken."]),
  ];
  return [
    ...paragraph(span(""), [span(headline(imported), "strong")], width),
    ...(rows.length === 0 ? [] : [blankLine, ...table(columns, rows, width)]),
    ...(notes.length === 0 ? [] : [blankLine]),
    ...notes.flatMap((note) => paragraph(span(""), [span(note)], width)),
  ];
}

function headline({ mode, images }: Imported): string {
  const taken = images.filter(({ outcome }) => outcome === "taken" || outcome === "later").length;
  const of = `last use of ${taken} of ${countText(images.length, "image")}`;
  return mode === "dry-run"
    ? `Would take over the ${of}. Dry run: nothing was written.`
    : `Took over the ${of}.`;
}

const columns: readonly Column[] = [
  { ...column("IMAGE"), shorten: "start", preferred: 40, comfortable: 24, least: 12 },
  { ...column("LAST USE"), align: "right" },
  { ...column("IDLE"), align: "right" },
  column("RESULT"),
];

function column(header: string): Column {
  const wide = { preferred: Infinity, comfortable: Infinity, least: Infinity } as const;
  return { header, align: "left", shorten: "end", ...wide, dropBelow: null };
}
