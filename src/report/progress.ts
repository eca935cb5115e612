import { cellWidth, shortenEnd, shortenStart } from "./cells.js";
import { durationText, sizeText } from "./quantities.js";
import { sanitize } from "./sanitize.js";

export interface Progress {
  /** Removals that are over, whatever came of them. */
  readonly done: number;
  readonly total: number;
  readonly freedBytes: number;
  /** The image in hand; null between two. */
  readonly currentName: string | null;
  readonly elapsedMs: number;
}

const shortestName = 8;

/**
 * The live counter: `Removing 3/12 · 1.2 GiB freed · 8s · app:1`. One line without an end and one cell short of
 * `width`: a terminal that has its last cell written may erase it, or wrap, at the next byte.
 */
export function progressLine(progress: Progress, width: number): string {
  const { done, total, freedBytes, currentName } = progress;
  const elapsed = durationText(progress.elapsedMs - (progress.elapsedMs % 1000));
  const counter = sanitize(`Removing ${done}/${total} · ${sizeText(freedBytes)} freed · ${elapsed}`);
  const room = Math.max(width - 1, 1);
  const nameRoom = room - cellWidth(counter) - cellWidth(" · ");
  if (currentName === null || nameRoom < shortestName) return shortenEnd(counter, room);
  return `${counter} · ${shortenStart(sanitize(currentName), nameRoom)}`;
}
