import { makePlan } from "../../src/core/plan/plan.js";
import { facts, policy, type FactsRecipe, type PolicyRecipe } from "./values.js";

export const hour = 3_600_000;
export const day = 24 * hour;
/** When the plan is made. */
export const now = 1000 * day;

/** By the word of each image: the limit that takes it, or why it stays. */
export function planOf(
  images: Readonly<Record<string, FactsRecipe>>,
  rules: PolicyRecipe,
): Record<string, string> {
  const all = Object.entries(images).map(([word, recipe]) => facts(word, recipe));
  const words = new Map(all.map(({ image: { id } }, index) => [id, Object.keys(images)[index] ?? ""]));
  const plan = makePlan(all, policy(rules), now);
  return Object.fromEntries<string>(
    [...plan.removals, ...plan.keeps].map(({ facts: { image: planned }, verdict }) => [
      words.get(planned.id) ?? "",
      verdict.kind === "remove" ? `goes: ${verdict.reason}` : verdict.reasons.join(),
    ]),
  );
}

export function tagged(...tags: readonly string[]): Pick<FactsRecipe, "fields"> {
  return { fields: { tags } };
}

/** What goes, in order: its tags and the limit that takes it. The plan is made at 1,000 ms. */
export function goes(images: Readonly<Record<string, FactsRecipe>>, rules: PolicyRecipe): string[] {
  const all = Object.entries(images).map(([word, recipe]) => facts(word, recipe));
  const plan = makePlan(all, policy(rules), 1000);
  return plan.removals.map(({ facts: { image }, verdict }) => `${image.tags.join()} ${verdict.reason}`);
}
