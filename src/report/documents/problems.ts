import { shortList } from "../../core/text/lists.js";
import { append } from "../../core/text/append.js";
import type { ImageReport, RunReport } from "../../core/results/run-report.js";
import type { ImageInTheWay, UnmetLimit } from "../../core/plan/unmet-limits.js";
import type { Outcome } from "../../core/policy/removal.js";
import { imageName } from "../wording/image-name.js";
import { span, type Line } from "../layout/line.js";
import { outcomeSpan } from "./outcome.js";
import { item, paragraph, type Block } from "./document.js";
import { countText, durationText, momentText, sizeText } from "../wording/quantities.js";
import { keptImages, plannedRemovals } from "./tally.js";
import { unmetText } from "../wording/limit-words.js";
import { keepWords } from "../wording/keep-words.js";

const namesShown = 5;

/** Every limit that stays unmet, who holds the bytes, and what would help. */
export function unmetLimits({ unmetLimits: unmet, afterGrace }: RunReport): Block[] {
  const blocks = unmet.map((each) =>
    paragraph([span(unmetText(each), "alarm"), span(vainText(each) + heldBy(each) + inTheWay(each))]),
  );
  if (blocks.length === 0 || afterGrace === null) return blocks;
  const freed = sizeText(afterGrace.freedBytes);
  const text = `Grace ends in ${durationText(afterGrace.inMs)}; --grace 0s would free ${freed} now.`;
  return [...blocks, paragraph(text)];
}

/**
 * What was planned and did not come about. The same detail of many images is said once. `names` says whether every
 * image of a long list is named.
 */
export function shortfalls(report: RunReport, outcomes: readonly Outcome[], names: "some" | "all"): Block[] {
  const groups = new Map<string, ImageReport[]>();
  for (const image of plannedRemovals(report)) {
    if (image.outcome === null || !outcomes.includes(image.outcome)) continue;
    const key = `${image.outcome}\n${image.outcomeDetail ?? ""}`;
    append(groups, key, image);
  }
  return [...groups.values()].map((images) => item(groupText(images, names)));
}

/** Images that only an earlier failure keeps: they were reported in full when they failed. */
export function postponed(report: RunReport): Block[] {
  const waiting = keptImages(report).filter(({ verdict }) => verdict.reasons[0] === "failed-before");
  const times = waiting.flatMap(({ retryAt }) => retryAt ?? []);
  if (times.length === 0) return [];
  const images = `${countText(times.length, "image")} that could not be removed`;
  const [first, last] = [Math.min(...times), Math.max(...times)].map(momentText);
  const moment = first === last ? `at ${first}` : `from ${first} on`;
  return [item(`${images} ${times.length === 1 ? "is" : "are"} tried again ${moment}.`)];
}

/** One paragraph for each warning; null stands for none. */
export function warnings(...texts: readonly (string | null)[]): Block[] {
  return texts.filter((text) => text !== null).map((text) => paragraph(text, span("Warning: ", "caution")));
}

function groupText(images: readonly ImageReport[], names: "some" | "all"): Line {
  const [first] = images;
  if (first?.outcome == null) return [];
  const list = shortList(
    images.map(({ image }) => imageName(image)),
    names === "all" ? Infinity : namesShown,
  );
  return [
    outcomeSpan(first.outcome),
    span(` ${list}`),
    ...(first.outcomeDetail === null ? [] : [span(`: ${first.outcomeDetail}`)]),
  ];
}

function vainText(unmet: UnmetLimit): string {
  if (!("inVain" in unmet) || unmet.inVain === null) return "";
  const { removals, expectedBytes, retryAt } = unmet.inVain;
  return (
    ` Removing images frees nothing there: after ${countText(removals, "image")} of ${sizeText(expectedBytes)} there was ` +
    "no more space. Build cache, containers or volumes hold it (docker system df), or others fill it. " +
    `Another one is tried at ${momentText(retryAt)}.`
  );
}

function heldBy({ holders }: UnmetLimit): string {
  if (holders.length === 0) return "";
  const list = holders.map(({ reason, bytes }) => `${keepWords[reason].short} ${sizeText(bytes)}`);
  return ` Held by: ${list.join(", ")}.`;
}

function inTheWay({ inTheWay: images }: UnmetLimit): string {
  if (images.length === 0) return "";
  const shown = images.slice(0, namesShown).map(stuckText);
  const further = images.length - shown.length;
  return ` In the way: ${shown.join("; ")}${further === 0 ? "" : `; and ${further} more`}.`;
}

function stuckText({ image, bytes, detail }: ImageInTheWay): string {
  const why = detail === null ? "" : `: ${detail.replace(/\.$/, "")}`;
  return `${imageName(image)} (${sizeText(bytes)}${why})`;
}
