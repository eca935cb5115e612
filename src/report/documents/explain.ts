import type {
  Explained,
  Explanation,
  Explanations,
  RemovedExplanation,
} from "../../core/results/explanation.js";
import { shortId, type Image } from "../../core/image/image.js";
import { append } from "../../core/text/append.js";
import type { Policy } from "../../core/policy/policy.js";
import type { ImageReport } from "../../core/results/run-report.js";
import { shownNames, shownTags } from "../../core/image/shown-names.js";
import { basisText, expectedText, threeTermsText } from "../wording/expected-text.js";
import { imageName } from "../wording/image-name.js";
import { elastic, figure, rigid } from "../layout/columns.js";
import { named, span, type Line, type Span } from "../layout/line.js";
import {
  fact,
  facts,
  heading,
  item,
  note,
  table,
  type Block,
  type Document,
  type Fact,
  type Verbosity,
} from "./document.js";
import { warnings } from "./problems.js";
import { forecastSentences } from "../wording/forecast-text.js";
import {
  agoText,
  countText,
  durationText,
  momentText,
  roundedText,
  sizeText,
} from "../wording/quantities.js";
import { removalReasons, removalText, returnText } from "../wording/removal-text.js";
import { ruleTable } from "./rule-table.js";
import { useText } from "../wording/use-text.js";
import { whyText } from "../wording/why.js";

/** How many images one word may stand for and have them all shown. */
const shownAtMost = 3;

/**
 * For each image: the verdict, what is known of it, every rule with its outcome, and what would change the verdict. Where one
 * word stands for many, a row for each, unless all is asked for.
 */
export function explainDocument(
  { explained, policy, observation, warnings: texts }: Explanations,
  verbosity: Verbosity,
): Document {
  const now = observation.to;
  const sections = byWord(explained).flatMap((meant) =>
    meant.length > shownAtMost && verbosity !== "verbose"
      ? [overview(meant, policy, now)]
      : meant.flatMap((each) => sectionsOf(each, policy, now)),
  );
  return { title: "docker-gc explain", sections: [...sections, warnings(...texts)] };
}

function byWord(explained: Explained): Explained[] {
  const groups = new Map<string, Explained[number][]>();
  for (const each of explained) append(groups, each.word, each);
  return [...groups.values()];
}

function sectionsOf(explanation: Explained[number], policy: Policy, now: number): Block[][] {
  return explanation.kind === "present"
    ? presentSections(explanation, policy, now)
    : [removedSection(explanation, now)];
}

function overview(meant: Explained, policy: Policy, now: number): Block[] {
  const [first] = meant;
  const columns = [
    elastic("IMAGE", "middle", { preferred: 24, comfortable: 20, least: 12 }),
    rigid("VERDICT", null),
    figure("LAST USE", "comfortable"),
    elastic("WHY", "none", { preferred: 20, comfortable: 16, least: 8 }),
  ];
  const rows = meant.map((each): Line => {
    if (each.kind === "present") {
      const { image } = each;
      const ago = agoText(image.inUseBy.length > 0 ? now : image.lastUse.at, now);
      return [named(imageName(image.image)), verdictSpan(image), span(ago), span(whyText(image, policy))];
    }
    const [last] = each.removals;
    const ago = last.lastUsedAt === null ? "unknown" : agoText(last.lastUsedAt, now);
    const why = `${removalReasons(last)}, ${agoText(last.at, now)}`;
    return [named(imageName(each.image)), span("removed", "goes"), span(ago), span(why)];
  });
  return [
    heading([named(first?.word ?? "", "strong"), span(` is ${countText(meant.length, "image")}`)]),
    table(columns, rows),
    note("--verbose shows all of each"),
  ];
}

function presentSections(explanation: Explanation, policy: Policy, now: number): Block[][] {
  const { image } = explanation;
  return [
    [verdictHeading(image.image, verdictSpan(image), whyText(image, policy))],
    [evidenceOf(explanation, now)],
    [ruleTable(explanation.checks)],
    [heading("What would change that"), ...forecastSentences(explanation, policy).map(item)],
  ];
}

function removedSection({ image, removals }: RemovedExplanation, now: number): Block[] {
  const [last, ...before] = removals;
  const { at, lastUsedAt, expectedMs, freedBytes } = last;
  const back = returnText(last);
  return [
    verdictHeading(image, span("was removed", "goes"), removalReasons(last)),
    facts("aligned", [
      fact("removed", `${momentText(at)}, ${agoText(at, now)}`),
      fact(
        "last use",
        lastUsedAt === null ? null : `${momentText(lastUsedAt)}, ${roundedText(at - lastUsedAt)} before that`,
      ),
      fact(
        "expected",
        expectedMs === null ? null : `the next use in about ${roundedText(expectedMs)} of observed time`,
      ),
      fact("freed", sizeText(freedBytes)),
      fact("back", back === null ? "not since" : `${back}, and is gone again`),
      ...before.map((removal) => fact("before", removalText(removal))),
      ...identity(image),
    ]),
    item(`docker-gc history --pull ${shownTags(image)[0] ?? shortId(image.id)} prints what pulls it again.`),
  ];
}

function verdictHeading(image: Image, verdict: Span, why: string): Block {
  return heading([named(imageName(image), "strong"), span(" "), verdict, span(`: ${why}`)]);
}

function identity(image: Image): (Fact | null)[] {
  const names = shownNames(image).join(", ");
  return [fact("ID", shortId(image.id)), fact("names", names === "" ? "none" : names)];
}

function verdictSpan({ verdict }: ImageReport): Span {
  return verdict.kind === "keep" ? span("stays", "freed") : span("goes", "goes");
}

function evidenceOf(explanation: Explanation, now: number): Block {
  const { image, taggedAt } = explanation;
  const { lastUse, firstSeenAt } = image;
  const moment = (at: number) => `${momentText(at)}, ${agoText(at, now)}`;
  return facts("aligned", [
    fact("last use", [span(`${moment(lastUse.at)}: `), span(useText(lastUse), "strong")]),
    fact("first seen", moment(firstSeenAt)),
    fact("tagged", taggedAt === null ? null : moment(taggedAt)),
    fact("idle", idleText(explanation, now)),
    fact("expected", nextUse(explanation)),
    fact("size", sizeOf(explanation)),
    ...identity(image.image),
    ...explanation.removals.map((removal) => fact("removed", removalText(removal))),
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
