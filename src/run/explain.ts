import { findAsked, removedImages, type AskedImages } from "../core/results/asked-images.js";
import type { Explained, Explanation, Explanations } from "../core/results/explanation.js";
import type { PastRemoval } from "../core/results/history.js";
import type { ImageFacts } from "../core/facts/image-facts.js";
import type { ImageId } from "../core/image/image.js";
import { shownTags } from "../core/image/shown-names.js";
import { findDueRemovals } from "../core/plan/due-removals.js";
import { LayerSet } from "../core/layers/layer-set.js";
import { expectedUses } from "../core/plan/need-order.js";
import { mayGo } from "../core/plan/due.js";
import { forecastOf } from "../core/plan/forecast.js";
import { checkRules } from "../core/plan/rule-checks.js";
import { describeImage } from "./compose-report.js";
import { assess, type Assessment, type AssessmentDependencies, type AssessmentSettings } from "./assess.js";

/** A word that stands for no image, or for too many. */
export interface NotFound {
  readonly word: string;
  readonly found: Exclude<AskedImages<ImageFacts>, { kind: "found" }>;
}

export interface Answers extends Explanations {
  readonly notFound: readonly NotFound[];
  /** Names of all images, there or removed. */
  readonly names: readonly string[];
}

/** Looks at an engine as a dry run does, and explains the verdicts of these images, and what became of others. */
export async function explain(
  words: readonly string[],
  settings: Omit<AssessmentSettings, "mode">,
  dependencies: AssessmentDependencies,
): Promise<Answers> {
  const assessment = await assess({ ...settings, mode: "dry-run" }, dependencies);
  const { header, policy, observed, facts, ledger, session } = assessment;
  const past = ledger.removals(session.description.identity);
  const gone = removedImages(past, observed.listing.images.keys());
  const explainOne = explainerOf(assessment, past);
  const explained = new Map<ImageId, Explained[number]>();
  const notFound: NotFound[] = [];
  for (const word of words) {
    const found = findAsked(word, facts, gone);
    if (found.kind !== "found") {
      notFound.push({ word, found });
      continue;
    }
    for (const each of found.present)
      if (!explained.has(each.image.id)) explained.set(each.image.id, explainOne(word, each));
    for (const each of found.removed)
      if (!explained.has(each.image.id)) explained.set(each.image.id, { kind: "removed", word, ...each });
  }
  return {
    engine: header.engine,
    policy,
    observation: observed.observation,
    warnings: header.warnings,
    explained: [...explained.values()],
    notFound,
    names: [...facts, ...gone].flatMap(({ image }) => shownTags(image)),
  };
}

function explainerOf({ plan, facts, policy, scene }: Assessment, past: readonly PastRemoval[]) {
  const { order } = plan;
  const all = new LayerSet();
  for (const each of facts) all.add(each.topLayer);
  const planned = new Map([...plan.removals, ...plan.keeps].map((each) => [each.facts.image.id, each]));
  const line = order.filter((ranked) => {
    const verdict = planned.get(ranked.facts.image.id)?.verdict;
    return verdict !== undefined && mayGo(verdict);
  });
  const dueRemovals = findDueRemovals(scene);
  const expected = expectedUses(facts, policy.order, scene.readPast);
  return (word: string, { image, topLayer, taggedAt }: ImageFacts): Explanation => {
    const judged = planned.get(image.id);
    const ranked = order.find((each) => each.facts.image.id === image.id);
    if (judged === undefined || ranked === undefined) throw new Error(`${image.id} has no verdict.`);
    const ownBytes = all.remove(topLayer);
    all.add(topLayer);
    return {
      kind: "present",
      word,
      image: describeImage(judged),
      taggedAt,
      countedIdleMs: ranked.idleMs,
      expectedUse: expected?.get(image.id) ?? null,
      ownBytes,
      checks: checkRules(judged, ranked, scene),
      forecast: forecastOf(judged, dueRemovals, line, policy),
      removals: past.filter(({ imageId }) => imageId === image.id),
    };
  };
}
