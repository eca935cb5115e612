import { shortId } from "../../core/image/image.js";
import type { ImageReport, RunReport } from "../../core/results/run-report.js";
import { rowsOfNames, table, type Block, type Verbosity } from "./document.js";
import { elastic, figure, rigid } from "../layout/columns.js";
import { basisText } from "../wording/expected-text.js";
import { imageName, namesThatGo } from "../wording/image-name.js";
import { named, span, type Span } from "../layout/line.js";
import { agoText, durationText, sizeText } from "../wording/quantities.js";
import type { Column } from "../layout/table.js";
import { outcomeSpan } from "./outcome.js";
import { whyText } from "../wording/why.js";
import { useKindWords } from "../wording/words.js";

export interface ImageOptions {
  readonly verbosity: Verbosity;
  /** Epoch milliseconds by the engine's clock; "3d ago" counts from here. */
  readonly now: number;
  /** Names that are too long go on below; left out: they are cut in the middle. */
  readonly names?: "whole";
}

/** One column and what it shows of an image. */
interface ImageColumn extends Column {
  readonly cell: (image: ImageReport) => Span;
}

/** One row for each of the images, all of them planned removals or all of them kept. */
export function imageTable(
  images: readonly ImageReport[],
  kind: ImageReport["verdict"]["kind"],
  report: RunReport,
  options: ImageOptions,
): Block {
  const columns = imageColumns(kind, report, options);
  const rows = images.flatMap((image) => {
    const row = columns.map((column) => column.cell(image));
    // What goes is shown by all of its names, one below the other.
    const further = kind === "remove" ? namesThatGo(image.image).slice(1) : [];
    return rowsOfNames(row, further);
  });
  return table(columns, rows);
}

/** In a narrow terminal the kind of use goes first; the name, the size and the outcome always stay. */
function imageColumns(
  kind: ImageReport["verdict"]["kind"],
  report: RunReport,
  options: ImageOptions,
): ImageColumn[] {
  const goes = kind === "remove";
  const isRun = report.mode === "run";
  const name = elastic("IMAGE", options.names === "whole" ? "none" : "middle", {
    preferred: 24,
    comfortable: 20,
    least: 12,
  });
  const size = figure(goes ? (isRun ? "FREED" : "FREES") : "SIZE", null);
  return [
    {
      ...name,
      cell: (image) => {
        const [first = ""] = goes ? namesThatGo(image.image) : [imageName(image.image)];
        return named(first, isGoing(image, isRun) ? "goes" : null);
      },
    },
    ...(options.verbosity === "verbose"
      ? [
          {
            ...rigid("ID", "comfortable"),
            cell: ({ image }: ImageReport) => span(shortId(image.id), "faint"),
          },
        ]
      : []),
    { ...size, cell: (image) => (goes ? freedCell(image, isRun) : span(sizeText(image.image.sizeBytes))) },
    ...(goes && isRun ? [{ ...rigid("RESULT", null), cell: outcomeCell }] : []),
    { ...figure("LAST USE", "comfortable"), cell: (image) => span(lastUseText(image, options.now)) },
    { ...rigid("", "preferred"), cell: ({ lastUse }) => span(useKindWords[lastUse.kind], "faint") },
    { ...figure("IDLE", "comfortable"), cell: ({ idleMs }) => span(durationText(idleMs)) },
    {
      ...elastic("WHY", "end", { preferred: 20, comfortable: 16, least: 10 }),
      dropBelow: "least",
      cell: (image) => span(whyText(image, report.policy) + basis(image, options.verbosity)),
    },
  ];
}

function basis({ expectedUse }: ImageReport, verbosity: Verbosity): string {
  return expectedUse === null || verbosity !== "verbose" ? "" : ` (${basisText(expectedUse)})`;
}

function freedCell(image: ImageReport, isRun: boolean): Span {
  return isGoing(image, isRun) ? span(sizeText(image.freedBytes), "freed") : span("-", "faint");
}

/** What is held is in use while the report is read, however long ago the run saw that. */
function lastUseText({ inUseBy, lastUse }: ImageReport, now: number): string {
  return agoText(inUseBy.length > 0 ? now : lastUse.at, now);
}

/** In a dry run everything that is planned goes; in a run what did. */
function isGoing({ verdict, outcome }: ImageReport, isRun: boolean): boolean {
  return verdict.kind === "remove" && (!isRun || outcome === "removed");
}

function outcomeCell({ outcome }: ImageReport): Span {
  return outcome === null ? span("not reached", "caution") : outcomeSpan(outcome);
}
