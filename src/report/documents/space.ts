import type { BytesHeld } from "../../core/plan/bytes-held.js";
import { isSpaceLimited } from "../../core/rules/limits.js";
import type { RunReport } from "../../core/results/run-report.js";
import type { Verbosity } from "./document.js";
import { span, type Line } from "../layout/line.js";
import { estimateText, sizeText } from "../wording/quantities.js";
import { tally } from "./tally.js";

/** In the order in which they are shown. */
const heldWords: Readonly<Record<keyof BytesHeld, string>> = {
  inUse: "in use",
  byRule: "kept by rules",
  recent: "recent or in grace",
  shared: "shared between these",
  free: "may go",
};

/** Where the bytes of the images are; null where there are none, or nobody asks for space. */
export function heldFact(report: RunReport, verbosity: Verbosity): string | null {
  const { usage, policy } = report;
  const { beforeBytes, afterBytes } = usage;
  // All that a run frees was among what may go.
  const held = { ...usage.held, free: usage.held.free - (beforeBytes - (afterBytes ?? beforeBytes)) };
  const places = Object.keys(heldWords) as (keyof BytesHeld)[];
  const parts = places.filter((place) => held[place] > 0);
  if (parts.length === 0 || (!isSpaceLimited(policy) && verbosity !== "verbose")) return null;
  const list = parts.map((place) => `${sizeText(held[place])} ${heldWords[place]}`).join(", ");
  return `${about(report)}${list}`;
}

/** What the images have unpacked, what compressed, and what of both they share; for whoever asks for all. */
export function splitFact({ usage }: Pick<RunReport, "usage">, verbosity: Verbosity): string | null {
  if (verbosity !== "verbose" || usage.split === undefined) return null;
  const { unpackedBytes, contentBytes, sharedBytes } = usage.split();
  const content = contentBytes === 0 ? "" : `, ${sizeText(contentBytes)} of compressed content`;
  return `${sizeText(unpackedBytes)} unpacked${content}; ${sizeText(sharedBytes)} of it shared by several images`;
}

/** What the engine's filesystem has free, where a limit asks for it. */
export function filesystemFact({ filesystem, policy }: RunReport): string | null {
  if (filesystem === null) return null;
  const { path, before, after } = filesystem;
  const now = after ?? before;
  const bytes = `${sizeText(now.freeBytes)} of ${sizeText(now.totalBytes)} on the filesystem of ${path}`;
  const earlier = now.freeBytes === before.freeBytes ? "" : `, ${sizeText(before.freeBytes)} before`;
  const { minFreeBytes, minFreeInodes } = policy;
  const wanted = minFreeBytes === null ? "" : `, wanted ${sizeText(minFreeBytes)}`;
  const inodes = minFreeInodes === null ? "" : `; ${now.freeInodes} inodes, wanted ${minFreeInodes}`;
  return `${bytes}${earlier}${wanted}${inodes}`;
}

/** Planned and measured bytes of a run, and who may have the difference; null where there was nothing to measure. */
export function freedFact(report: RunReport): Line | null {
  const { plannedFreedBytes, plannedSlackBytes, measuredFreedBytes } = report.usage;
  const counts = tally(report);
  if (report.mode === "dry-run" || counts.images === counts.kept) return null;
  const planned = `${about(report)}${estimateText(plannedFreedBytes, plannedSlackBytes)} planned`;
  if (measuredFreedBytes === null) return [span(`${planned}, not measured`)];
  const measured = `${planned}, ${sizeText(measuredFreedBytes)} by the engine's own figures`;
  const surplus = surplusBytes(report, measuredFreedBytes);
  return [
    span(measured),
    ...(surplus === 0 ? [] : [span(`; ${differenceText(report, surplus)}`, "caution")]),
  ];
}

/** Where the engine does not show what each layer takes. */
function about({ images }: RunReport): string {
  return images.every(({ exact }) => exact) ? "" : "about ";
}

/** Differences up to this share of the whole are not worth a sentence. */
export const roundingShare = 0.01;

/** What was measured beyond what the removed images should have freed; 0 where it is about the same. */
function surplusBytes({ usage }: RunReport, measuredBytes: number): number {
  const { beforeBytes, afterBytes, expectedFreedBytes } = usage;
  if (afterBytes === null) return 0;
  const expected = expectedFreedBytes ?? beforeBytes - afterBytes;
  const surplus = measuredBytes - expected;
  return Math.abs(surplus) <= Math.max(expected, measuredBytes, 0) * roundingShare ? 0 : surplus;
}

function differenceText(report: RunReport, surplus: number): string {
  const isExact = report.images.every(({ exact }) => exact);
  if (surplus > 0) {
    const cause = isExact
      ? "others removed images meanwhile"
      : "the images had more to themselves than could be seen";
    return `${sizeText(surplus)} more than expected: probably ${cause}`;
  }
  const cause = isExact
    ? "in images that came meanwhile"
    : "in content shared with other images, in the build cache or in containers";
  return `${sizeText(-surplus)} less than expected: probably still held ${cause}`;
}
