import type { Explanation } from "../core/results/explanation.js";
import { findImage, type FoundImage } from "../core/results/find-image.js";
import type { ImageFacts } from "../core/facts/image-facts.js";
import { shownTags } from "../core/image/shown-names.js";
import { forecast, type ForecastScene } from "../core/plan/forecast.js";
import { LayerSet } from "../core/layers/layer-set.js";
import { expectedUses } from "../core/plan/need-order.js";
import { removalOrder } from "../core/facts/order.js";
import { mayGo } from "../core/plan/due.js";
import { prospectOf } from "../core/plan/prospect.js";
import { checkRules, type PlanScene } from "../core/plan/rule-checks.js";
import type { RunReport } from "../core/results/run-report.js";
import { describeImage } from "./compose-report.js";
import { assess, type Assessment, type AssessmentDependencies, type AssessmentSettings } from "./assess.js";

/** The answer to one word: an image, or why it stands for none. */
export type Answer =
  | { readonly kind: "explained"; readonly explanation: Explanation }
  | {
      readonly kind: "not-found";
      readonly word: string;
      readonly found: Exclude<FoundImage, { kind: "one" }>;
    };

export interface Answers extends Pick<RunReport, "engine" | "policy" | "observation" | "warnings"> {
  /** In the order of the words. */
  readonly answers: readonly Answer[];
  /** Names of all images. */
  readonly names: readonly string[];
}

/** Looks at an engine as a dry run does, and explains the verdicts of these images. */
export async function explain(
  words: readonly string[],
  settings: Omit<AssessmentSettings, "mode">,
  dependencies: AssessmentDependencies,
): Promise<Answers> {
  const assessment = await assess({ ...settings, mode: "dry-run" }, dependencies);
  const { header, policy, observed, facts } = assessment;
  const explainOne = explainerOf(assessment);
  return {
    engine: header.engine,
    policy,
    observation: observed.observation,
    warnings: header.warnings,
    answers: words.map((word): Answer => {
      const found = findImage(word, facts);
      if (found.kind !== "one") return { kind: "not-found", word, found };
      return { kind: "explained", explanation: explainOne(word, found.facts) };
    }),
    names: facts.flatMap(({ image }) => shownTags(image)),
  };
}

function explainerOf({ plan, facts, policy, observed, filesystem, readUsePast: readPast }: Assessment) {
  const order = removalOrder(facts);
  const now = observed.observation.to;
  const free = filesystem?.before ?? null;
  const scene: PlanScene & ForecastScene = { plan, order, facts, policy, now, filesystem: free, readPast };
  const all = new LayerSet();
  for (const each of facts) all.add(each.topLayer);
  const planned = new Map([...plan.removals, ...plan.keeps].map((each) => [each.facts.image.id, each]));
  const line = order.filter((ranked) => {
    const verdict = planned.get(ranked.facts.image.id)?.verdict;
    return verdict !== undefined && mayGo(verdict);
  });
  const forecasts = forecast(scene);
  const expected = expectedUses(order, policy.order, readPast);
  return (word: string, { image, topLayer, taggedAt }: ImageFacts): Explanation => {
    const judged = planned.get(image.id);
    const ranked = order.find((each) => each.facts.image.id === image.id);
    if (judged === undefined || ranked === undefined) throw new Error(`${image.id} has no verdict.`);
    const ownBytes = new LayerSet(all).remove(topLayer);
    return {
      word,
      image: describeImage(judged),
      taggedAt,
      countedIdleMs: ranked.idleMs,
      expectedUse: expected?.get(image.id) ?? null,
      ownBytes,
      checks: checkRules(judged, ranked, scene),
      prospect: prospectOf(judged, forecasts, line, policy),
    };
  };
}
