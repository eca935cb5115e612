import type { ImageFacts } from "../core/image-facts.js";
import { unmatchedPatterns } from "../core/keep-rules.js";
import { shortId } from "../core/image.js";
import type { Policy } from "../core/policy.js";
import type { Lessons } from "./learn-layers.js";

/** What a person may want to put right; one sentence each. */
export function warningsOf({ keep, only }: Policy, facts: readonly ImageFacts[]): string[] {
  const images = facts.map(({ image }) => image);
  const patterns = [keep, only].flatMap((rules) => (rules === null ? [] : unmatchedPatterns(rules, images)));
  return patterns.map(({ origin, text }) => `${origin}: ${JSON.stringify(text)} matches no image.`);
}

const namedAtMost = 5;

/** Its bytes count as nothing, so that no other image goes to make room for it: then a quota may be taken for met. */
export function warningsOfUnreadable(unreadable: Lessons["unreadable"]): string[] {
  const sentences = unreadable.slice(0, namedAtMost).map(({ image, message }) => {
    const name = image.tags[0] ?? image.digests[0] ?? shortId(image.id);
    return `The engine cannot tell what ${name} consists of, so its bytes do not count: ${message}.`;
  });
  const further = unreadable.length - sentences.length;
  return further === 0 ? sentences : [...sentences, `The same goes for ${further} more images.`];
}
