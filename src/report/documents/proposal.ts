import { shortId } from "../../core/image/image.js";
import type { ImageReport, RunReport } from "../../core/results/run-report.js";
import { heading, type Document } from "./document.js";
import { imageTable } from "./image-tables.js";
import { namesThatGo } from "../wording/image-name.js";
import { unmetLimits, warnings } from "./problems.js";
import { countText, sizeText } from "../wording/quantities.js";
import { sanitize } from "../layout/sanitize.js";
import { plannedRemovals } from "./tally.js";

/** What a run would remove, for the person who is asked about it: with every name, and the warnings. */
export function proposalDocument(report: RunReport): Document {
  const images = plannedRemovals(report);
  const planned: RunReport = { ...report, mode: "dry-run" };
  const options = { verbosity: "verbose", now: report.finishedAt, names: "whole" } as const;
  return {
    title: "docker-gc",
    sections: [
      [heading(`Goes: ${countText(images.length, "image")}`), imageTable(images, "remove", planned, options)],
      unmetLimits(report),
      warnings(...report.warnings),
      warnings(report.gapWarning),
    ],
  };
}

/** `Remove 11 images, 471 MiB? [y/N/e] ` */
export function questionText(images: readonly ImageReport[]): string {
  const bytes = images.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
  return `Remove ${countText(images.length, "image")}, ${sizeText(bytes)}? [y/N/e] `;
}

const instructions = [
  "# What stands here goes. Take a line out, and its image stays; with no line left, nothing goes.",
  "# Lines that begin with # are not read.",
];

/** One line for each image, to be edited. */
export function editableList(images: readonly ImageReport[]): string {
  const lines = images.map((image) => {
    const names = namesThatGo(image.image).join(", ");
    return sanitize(`${shortId(image.image.id)} ${sizeText(image.freedBytes)} ${names}`);
  });
  return [...lines, "", ...instructions, ""].join("\n");
}

/** The images whose lines are still there. */
export function keptInList(text: string, images: readonly ImageReport[]): ImageReport[] {
  const ids = new Set(
    text
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .map((line) => line.trim().split(/\s+/)[0]),
  );
  return images.filter(({ image }) => ids.has(shortId(image.id)));
}
