import type { Chronicle, ImageLife, Span } from "../../core/results/chronicle.js";
import type { RepositoryBytes } from "../../core/results/bytes-by-repository.js";
import { countText, momentText, sizeText } from "../wording/quantities.js";
import { areasOf } from "./areas.js";
import { escapeHtml } from "./escape.js";

// Pictures as SVG, drawn here: a page without scripts shows them as well.

const width = 1000;

type Time = Pick<Chronicle, "from" | "to">;

/** From the left edge; what lies outside is drawn at the edge. */
function xOf(at: number, { from, to }: Time): number {
  const share = (at - from) / Math.max(1, to - from);
  return Number.isNaN(share) ? 0 : Math.min(1, Math.max(0, share)) * width;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function svg(className: string, height: number, label: string, shapes: readonly string[]): string {
  return (
    `<svg class="${className}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" ` +
    `aria-label="${escapeHtml(label)}">${shapes.join("")}</svg>`
  );
}

function bar(
  className: string,
  { from, to }: Span,
  time: Time,
  y: number,
  height: number,
  title: string,
): string {
  const x = xOf(from, time);
  // What is short is still to be seen.
  const w = Math.max(2, xOf(to ?? time.to, time) - x);
  return (
    `<rect class="${className}" x="${number(Math.min(x, width - w))}" y="${y}" width="${number(w)}" height="${height}">` +
    `<title>${escapeHtml(title)}</title></rect>`
  );
}

/** From when to when a picture goes. */
function axis({ from, to }: Time): string {
  const ends = [from, to].map((at) => `<span>${escapeHtml(momentText(at))}</span>`);
  return `<p class="axis">${ends.join("")}</p>`;
}

function spanText({ from, to }: Span): string {
  if (to === from) return momentText(from);
  return `${momentText(from)} to ${to === null ? "the last run" : momentText(to)}`;
}

/** The bytes of all images after each run, as steps, and the limits that there were. Empty where no run says. */
export function bytesChart({ space, from, to }: Chronicle): string {
  const [last] = space.slice(-1);
  if (last === undefined) return "";
  const height = 220;
  const time = { from, to };
  const most = Math.max(1, ...space.flatMap(({ imageBytes, quotaBytes }) => [imageBytes, quotaBytes ?? 0]));
  const yOf = (bytes: number) => height - (bytes / most) * (height - 10);
  /** One line for each stretch in which there is a value. */
  const stepsOf = (valueOf: (point: (typeof space)[number]) => number | null): string[] => {
    const lines: string[] = [];
    let line = "";
    for (const [index, point] of space.entries()) {
      const value = valueOf(point);
      const end = xOf(space[index + 1]?.at ?? to, time);
      if (value === null) {
        if (line !== "") lines.push(line);
        line = "";
        continue;
      }
      const y = number(yOf(value));
      line += `${line === "" ? `M${number(xOf(point.at, time))} ${y}` : `V${y}`}H${number(end)}`;
    }
    return line === "" ? lines : [...lines, line];
  };
  const bytes = stepsOf(({ imageBytes }) => imageBytes);
  const first = space[0]?.at ?? from;
  const area = bytes.map((line) => `<path class="area" d="${line}V${height}H${number(xOf(first, time))}Z"/>`);
  const lines = [
    ...bytes.map((line) => `<path class="line" d="${line}"/>`),
    ...stepsOf(({ quotaBytes }) => quotaBytes).map((line) => `<path class="limit" d="${line}"/>`),
  ];
  const quota = last.quotaBytes === null ? "no quota" : `a quota of ${sizeText(last.quotaBytes)}`;
  const label = `Bytes of all images over time: ${sizeText(last.imageBytes)} after the last run, with ${quota}.`;
  return `${svg("chart", height, label, [...area, ...lines])}${axis(time)}<p>${escapeHtml(label)} The top is ${escapeHtml(sizeText(most))}. Free space, which is the disk's, is not drawn: the ledger keeps none.</p>`;
}

/** What of the time was observed. */
export function observedStrip({ observed, from, to }: Chronicle): string {
  const time = { from, to };
  const bars = observed.map((span) => bar("seen", span, time, 0, 20, `observed: ${spanText(span)}`));
  const seen = observed.reduce((sum, span) => sum + (span.to ?? to) - span.from, 0);
  const percent = to > from ? Math.floor((seen / (to - from)) * 100 + 1e-9) : 100;
  const label = `Observed ${percent} % of the time.`;
  return `${svg("strip", 20, label, [`<rect class="unseen" width="${width}" height="20"/>`, ...bars])}${axis(time)}<p>${label}</p>`;
}

/** What the images of each repository hold, as areas. */
export function repositoryAreas(repositories: readonly RepositoryBytes[]): string {
  const box = { width: 100, height: 100 };
  const areas = areasOf(repositories.slice(0, mostAreas), ({ bytes }) => bytes, box);
  const boxes = areas.map(({ of: { repository, images, bytes }, x, y, width: w, height: h }, index) => {
    const name = escapeHtml(repository ?? "without a tag");
    const what = `${name}: ${sizeText(bytes)}, ${countText(images, "image")}`;
    const place = [`left:${percent(x)}`, `top:${percent(y)}`, `width:${percent(w)}`, `height:${percent(h)}`];
    return (
      `<li class="hue${index % 6}" style="${place.join(";")}" title="${what}">` +
      `<span>${name}</span> <span>${sizeText(bytes)}</span></li>`
    );
  });
  return boxes.length === 0 ? "" : `<ul class="areas">${boxes.join("")}</ul>`;
}

const mostAreas = 60;

function percent(value: number): string {
  return `${Math.round(value * 100) / 100}%`;
}

/** One image over the time of the report. */
export function lifeLine({ present, uses, removedAt }: ImageLife, time: Time, name: string): string {
  const shapes = [
    ...present.map((span) => bar("there", span, time, 6, 4, `there: ${spanText(span)}`)),
    ...uses.map((span) => bar("used", span, time, 2, 12, `used: ${spanText(span)}`)),
    ...removedAt.map((at) => bar("gone", { from: at, to: at }, time, 0, 16, `removed: ${momentText(at)}`)),
  ];
  const counts = `${countText(uses.length, "use")}, ${countText(removedAt.length, "removal")}`;
  return svg("life", 16, `${name}: ${counts}`, shapes);
}
