import type { Explanation } from "../core/explanation.js";
import { findImage, type FoundImage } from "../core/find-image.js";
import type { ImageFacts } from "../core/image-facts.js";
import { shownTags } from "../core/image-names.js";
import { forecast, type ForecastScene } from "../core/forecast.js";
import { LayerSet } from "../core/layers.js";
import { expectedUses } from "../core/need-order.js";
import { removalOrder } from "../core/order.js";
import { mayGo, prospectOf } from "../core/prospect.js";
import { checkRules, type PlanScene } from "../core/rule-checks.js";
import type { RunReport } from "../core/run-report.js";
import { describeImage } from "./compose-report.js";
import { lookAt, type Look, type LookDependencies, type LookSettings } from "./look.js";

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
  settings: Omit<LookSettings, "mode">,
  dependencies: LookDependencies,
): Promise<Answers> {
  const look = await lookAt({ ...settings, mode: "dry-run" }, dependencies);
  const { head, policy, observed, facts } = look;
  const explainOne = explainerOf(look);
  return {
    engine: head.engine,
    policy,
    observation: observed.observation,
    warnings: head.warnings,
    answers: words.map((word): Answer => {
      const found = findImage(word, facts);
      if (found.kind !== "one") return { kind: "not-found", word, found };
      return { kind: "explained", explanation: explainOne(word, found.facts) };
    }),
    names: facts.flatMap(({ image }) => shownTags(image)),
  };
}

function explainerOf({ plan, facts, policy, observed, filesystem, readUsePast: readPast }: Look) {
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
