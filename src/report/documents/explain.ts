import type { Explanation } from "../../core/results/explanation.js";
import { shortId } from "../../core/image/image.js";
import type { Policy } from "../../core/policy/policy.js";
import type { RunReport } from "../../core/results/run-report.js";
import { shownNames } from "../../core/image/shown-names.js";
import { basisText, expectedText, threeTermsText } from "../wording/expected-text.js";
import { imageName } from "../wording/image-name.js";
import { named, span, type Line } from "../layout/line.js";
import { fact, facts, heading, item, type Block, type Document } from "./document.js";
import { warnings } from "./problems.js";
import { prospectSentences } from "../wording/prospect-text.js";
import { agoText, durationText, momentText, sizeText } from "../wording/quantities.js";
import { ruleTable } from "./rule-table.js";
import { useText } from "../wording/use-text.js";
import { whyText } from "../wording/why.js";

/** What is common to all explanations of one look. */
export type ExplainContext = Pick<RunReport, "engine" | "policy" | "observation" | "warnings">;

/** For each image: the verdict, what is known of it, every rule with its outcome, and what would change the verdict. */
export function explainDocument(
  explanations: readonly Explanation[],
  { policy, observation, warnings: texts }: ExplainContext,
): Document {
  const sections = explanations.flatMap((explanation) => [
    [verdictOf(explanation, policy)],
    [evidenceOf(explanation, observation.to)],
    [ruleTable(explanation.checks)],
    [heading("What would change that"), ...prospectSentences(explanation, policy).map(item)],
  ]);
  return { title: "docker-gc explain", sections: [...sections, warnings(...texts)] };
}

function verdictOf({ image }: Explanation, policy: Policy): Block {
  const verdict = image.verdict.kind === "keep" ? span("stays", "freed") : span("goes", "goes");
  const name = named(imageName(image.image), "strong");
  return heading([name, span(" "), verdict, span(`: ${whyText(image, policy)}`)]);
}

function evidenceOf(explanation: Explanation, now: number): Block {
  const { image, taggedAt } = explanation;
  const { lastUse, firstSeenAt } = image;
  const moment = (at: number) => `${momentText(at)}, ${agoText(at, now)}`;
  const names = shownNames(image.image).join(", ");
  return facts("aligned", [
    fact("last use", [span(`${moment(lastUse.at)}: `), span(useText(lastUse), "strong")]),
    fact("first seen", moment(firstSeenAt)),
    fact("tagged", taggedAt === null ? null : moment(taggedAt)),
    fact("idle", idleText(explanation, now)),
    fact("expected", nextUse(explanation)),
    fact("size", sizeOf(explanation)),
    fact("ID", shortId(image.image.id)),
    fact("names", names === "" ? "none" : names),
  ]);
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
