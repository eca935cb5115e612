import type { EngineSummary } from "../core/results/run-report.js";
import type { EngineRecord } from "../core/uses/checkpoint.js";
import type { ImageFacts } from "../core/facts/image-facts.js";
import { shownNames, shownTags } from "../core/image/shown-names.js";
import type { ImagePattern } from "../core/policy/image-pattern.js";
import { unmatchedPatterns } from "../core/policy/patterns.js";
import { shortId, type Image } from "../core/image/image.js";
import type { Policy } from "../core/policy/policy.js";
import type { Recognition } from "../core/uses/origin.js";
import type { WarnedRules } from "../core/policy/warned-rules.js";
import { nextWarnedRules, notYetWarned } from "../core/policy/warned-rules.js";
import { nearestNames } from "../core/text/nearest.js";
import { alternatives } from "../core/text/lists.js";
import type { LearnedDetails } from "./observe/learn-layers.js";

/** The rules that match no image: each is probably a slip, or has been outlived. */
export interface IdleRules {
  /** One sentence for each that is to be reported. */
  readonly warnings: readonly string[];
  /** What is to be remembered, so that a run every few minutes reports it once. */
  readonly warned: WarnedRules;
}

/** A run from cron reports only what is news. A dry run, which remembers nothing, and a run that asks a person report all. */
export function idleRulesOf(
  reported: "all" | "news",
  { keep, only }: Policy,
  facts: readonly ImageFacts[],
  warned: WarnedRules,
  now: number,
): IdleRules {
  const rules = [...keep, ...(only ?? [])];
  const images = facts.map(({ image }) => image);
  const unmatched = unmatchedRules({ keep, only }, facts);
  const news = reported === "all" ? unmatched : notYetWarned(unmatched, warned, now);
  return {
    warnings: news.map((pattern) => warningOf(pattern, images)),
    warned: nextWarnedRules(warned, rules, unmatched, now),
  };
}

/** Keep rules and patterns of the scope that match none of the images. */
export function unmatchedRules(
  { keep, only }: Pick<Policy, "keep" | "only">,
  facts: readonly ImageFacts[],
): ImagePattern[] {
  const images = facts.map(({ image }) => image);
  // What has no tag any more is in scope by those that it had.
  const asTagged = images.map((image) =>
    image.lastTags === undefined ? image : { ...image, tags: image.lastTags },
  );
  return [...unmatchedPatterns(keep, images), ...(only === null ? [] : unmatchedPatterns(only, asTagged))];
}

/** With the names that it was probably meant for. */
function warningOf({ origin, text, speaksOf }: ImagePattern, images: readonly Image[]): string {
  const nearest = speaksOf === "labels" ? [] : nearestNames(text, images.flatMap(shownTags));
  const hint = nearest.length === 0 ? "." : `; did you mean ${alternatives(nearest)}?`;
  return `${origin}: ${JSON.stringify(text)} matches no image${hint}`;
}

/** @param before what was carried over @param seen what there is */
export function switchedStoreWarning(
  { store }: EngineSummary,
  before: EngineRecord,
  seen: EngineRecord,
): string {
  return `The image store was switched to ${store}: what the ledger knew of ${before.images.size} of ${seen.images.size} images was carried over, the others count as new.`;
}

/** Where an engine has got another ID, or shares one with another engine. */
export function recognitionWarnings(
  { movedFrom }: EngineRecord,
  recognition: Recognition | null,
  { id, name }: EngineSummary,
): string[] {
  const twin = recognition?.twin ?? null;
  return [
    ...(movedFrom === undefined
      ? []
      : [
          `The engine has the same data and another ID. The ledger's entries for ${movedFrom} go on as ${id}.`,
        ]),
    ...(twin === null
      ? []
      : [
          `Two engines have the ID ${id}, on ${twin} and on ${name}, so their uses mix: give each a ledger of its own (--ledger), ` +
            "or make the ID of one anew (stop it, delete engine-id below its data, or /etc/docker/key.json, and start it).",
        ]),
  ];
}

const namedAtMost = 5;

/** Its bytes count as nothing, so that no other image goes to make room for it: then a quota may be taken for met. */
export function warningsOfUnreadable(unreadable: LearnedDetails["unreadable"]): string[] {
  const sentences = unreadable.slice(0, namedAtMost).map(({ image, message }) => {
    const name = shownNames(image)[0] ?? shortId(image.id);
    return `The engine does not report the layers of ${name}, so its bytes do not count: ${message}.`;
  });
  const further = unreadable.length - sentences.length;
  return further === 0 ? sentences : [...sentences, `The same goes for ${further} more images.`];
}
