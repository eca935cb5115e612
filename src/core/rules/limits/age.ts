import type { ImageFacts } from "../../facts/image-facts.js";
import type { Policy } from "../../policy/policy.js";
import type { RemoveReason } from "../../policy/removal.js";
import { removeEach } from "../image-walk.js";
import type { Limit } from "../limit.js";

/** `--max-age`, and `--untagged-age` for what has lost its last tag. */
export const age = {
  reasons: ["age", "untagged-age"],
  decidesBy: "image",
  isSet: ({ maxAgeMs, untaggedAgeMs }) => maxAgeMs !== null || untaggedAgeMs !== null,
  /** An untagged parent may be due before its tagged child; it stays with it. */
  take: (scene) => {
    removeEach(scene, ({ facts, idleMs }) => {
      const { limitMs, reason } = ageLimitOf(facts, scene.policy);
      return limitMs !== null && idleMs >= limitMs ? reason : null;
    });
  },
  finding: ({ facts, idleMs }, { policy }) => {
    const { reason: rule, limitMs } = ageLimitOf(facts, policy);
    return { rule, value: idleMs, limit: limitMs, unit: "ms" };
  },
  unmet: () => null,
} as const satisfies Limit;

/** How old this image may become; null where age takes nothing. */
export function ageLimitOf(
  { isUntagged }: ImageFacts,
  { maxAgeMs, untaggedAgeMs }: Policy,
): { readonly limitMs: number | null; readonly reason: RemoveReason } {
  if (isUntagged && untaggedAgeMs !== maxAgeMs) return { limitMs: untaggedAgeMs, reason: "untagged-age" };
  return { limitMs: maxAgeMs, reason: "age" };
}
