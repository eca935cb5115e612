import type { Explanation } from "../../core/results/explanation.js";
import { shortId } from "../../core/image/image.js";
import type { Policy } from "../../core/policy/policy.js";
import type { RunReport } from "../../core/results/run-report.js";
import { shownNames } from "../../core/image/shown-names.js";
import { basisText, expectedText, threeTermsText } from "../wording/expected-text.js";
import { imageName } from "../wording/image-name.js";
import { span, type Line } from "../layout/line.js";
import { paragraph } from "../layout/paragraph.js";
import { warnings } from "./problems.js";
import { prospectSentences } from "../wording/prospect-text.js";
import { agoText, durationText, momentText, sizeText } from "../wording/quantities.js";
import { ruleTable } from "./rule-table.js";
import { joinSections, labelled, usableWidth, type ShowOptions } from "../layout/sections.js";
import { useText } from "../wording/use-text.js";
import { whyText } from "../wording/why.js";

/** What is common to all explanations of one look. */
export type ExplainContext = Pick<RunReport, "engine" | "policy" | "observation" | "warnings">;

/** For each image: the verdict, what is known of it, every rule with its outcome, and what would change the verdict. */
export function renderExplanations(
  explanations: readonly Explanation[],
  { policy, observation, warnings: texts }: ExplainContext,
  options: ShowOptions,
): string[] {
  const width = usableWidth(options.width);
  const now = observation.to;
  const sections = explanations.flatMap((explanation) => [
    headingOf(explanation, policy, width),
    evidenceOf(explanation, now, width),
    ruleTable(explanation.checks, width),
    [[span("What would change that", "strong")], ...prospectLines(explanation, policy, width)],
  ]);
  return joinSections([...sections, warnings(texts, width)], { width, color: options.color });
}

function headingOf({ image }: Explanation, policy: Policy, width: number | undefined): Line[] {
  const { kind } = image.verdict;
  const verdict = kind === "keep" ? span("stays", "freed") : span("goes", "goes");
  const name = span(imageName(image.image), "strong");
  return paragraph(span(""), [name, span(" "), verdict, span(`: ${whyText(image, policy)}`)], width);
}

function evidenceOf(explanation: Explanation, now: number, width: number | undefined): Line[] {
  const { image, taggedAt } = explanation;
  const { lastUse, firstSeenAt } = image;
  const moment = (at: number) => `${momentText(at)}, ${agoText(at, now)}`;
  const names = shownNames(image.image).join(", ");
  return [
    ...labelled("last use", [span(`${moment(lastUse.at)}: `), span(useText(lastUse), "strong")], width),
    ...labelled("first seen", [span(moment(firstSeenAt))], width),
    ...labelled("tagged", taggedAt === null ? null : [span(moment(taggedAt))], width),
    ...labelled("idle", [span(idleText(explanation, now))], width),
    ...labelled("expected", nextUse(explanation), width),
    ...labelled("size", [span(sizeOf(explanation))], width),
    ...labelled("ID", [span(shortId(image.image.id))], width),
    ...labelled("names", [span(names === "" ? "none" : names)], width),
  ];
}

/** Null where it does not count, or cannot be said: a held image is in use. */
function nextUse({ image, expectedUse }: Explanation): Line | null {
  if (expectedUse === null || image.inUseBy.length > 0) return null;
  return [
    span(expectedText(expectedUse), "strong"),
    span(` of observed time (${basisText(expectedUse)}): ${threeTermsText(expectedUse)}`),
  ];
}

/** What it shares with others stays when it goes. */
function sizeOf({ image, ownBytes }: Explanation): string {
  const size = sizeText(image.image.sizeBytes);
  const about = image.exact ? "" : "about ";
  return ownBytes === image.image.sizeBytes
    ? `${size}, nothing shared`
    : `${size}, ${about}${sizeText(ownBytes)} not shared`;
}

/** Time that was not observed is said: it is why an image may seem to be due and is not. */
function idleText({ image, countedIdleMs }: Explanation, now: number): string {
  const { idleMs, lastUse } = image;
  const missedMs = Math.max(0, now - lastUse.at - idleMs);
  const missed =
    missedMs < 1000
      ? ""
      : `; ${durationText(missedMs)} more since the last use were not observed, and do not count`;
  const child =
    countedIdleMs < idleMs
      ? `; ${durationText(countedIdleMs)} counts, as an image built on it was used since`
      : "";
  return `${durationText(idleMs)} of observed time${missed}${child}`;
}

function prospectLines(explanation: Explanation, policy: Policy, width: number | undefined): Line[] {
  return prospectSentences(explanation, policy).flatMap((text) => paragraph(span("  "), [span(text)], width));
}
