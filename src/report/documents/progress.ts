import { cellWidth, shortenMiddle } from "../layout/cells.js";
import { bar } from "../layout/bar.js";
import { span, type Line } from "../layout/line.js";
import { durationText, sizeText } from "../wording/quantities.js";
import { sanitize } from "../layout/sanitize.js";

export interface Progress {
  readonly kind: "learning" | "removing";
  /** Images that are over, whatever came of them. */
  readonly done: number;
  readonly total: number;
  /** Freed, of so many; both are 0 where nobody can tell. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** The image in hand; null between two. */
  readonly currentName: string | null;
  readonly elapsedMs: number;
}

const second = 1000;
const shortestName = 8;
const titles: Readonly<Record<Progress["kind"], string>> = {
  learning: "Learning layers",
  removing: "Removing",
};

/**
 * The live line: `Removing ███░░░░░░░ 3/12 · 1.2 GiB of 4 GiB · 20s left · app:1`, at most `room` cells wide. What has no
 * room is left out: the name first, then the time, then the bar.
 */
export function progressLine(progress: Progress, room: number): Line {
  const { done, total, bytes, totalBytes, currentName } = progress;
  const title = span(`${titles[progress.kind]} `);
  const count = span(`${done}/${total}`, "strong");
  const amount = span(totalBytes === 0 ? "" : ` · ${sizeText(bytes)} of ${sizeText(totalBytes)}`);
  const time = span(timeText(progress));
  const gauge = [...bar(total === 0 ? 0 : done / total, room < 70 ? 10 : 20, "freed"), span(" ")];
  const layouts: readonly Line[] = [
    [title, ...gauge, count, amount, time],
    [title, ...gauge, count, amount],
    [title, count, amount],
    [title, count],
  ];
  const line = layouts.find((layout) => widthOf(layout) <= room) ?? [count];
  const nameRoom = room - widthOf(line) - cellWidth(" · ");
  if (currentName === null || nameRoom < shortestName || line !== layouts[0]) return line;
  return [...line, span(" · ", "faint"), span(shortenMiddle(sanitize(currentName), nameRoom))];
}

/** Elapsed until there is something to reckon with. */
function timeText({ done, total, bytes, totalBytes, elapsedMs }: Progress): string {
  const whole = (ms: number) => durationText(Math.round(ms / second) * second);
  if (done === 0 || elapsedMs < second) return ` · ${durationText(elapsedMs - (elapsedMs % second))}`;
  // A part of the work is the same for each image, and a part goes with its bytes.
  const shares = totalBytes > 0 ? [done / total, bytes / totalBytes] : [done / total];
  const share = shares.reduce((sum, each) => sum + each, 0) / shares.length;
  return ` · ${whole((elapsedMs * (1 - share)) / share)} left`;
}

function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + cellWidth(text), 0);
}
