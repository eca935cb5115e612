import { shownNames } from "../../image/shown-names.js";
import { matchingPatterns } from "../../policy/patterns.js";
import { scopeOf } from "../../policy/scope.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** `--only` is given and does not mean it. What a job has left without a name, steps of builds, is meant with the job. */
export const outOfScope = {
  ...usual,
  reason: "out-of-scope",
  holds: "byRule",
  isSet: ({ only }) => only !== null,
  keeps:
    ({ policy: { only, own } }) =>
    ({ image }) =>
      only !== null &&
      scopeOf(only, image).kind === "outside" &&
      !(own?.has(image.id) === true && shownNames(image).length === 0),
  /** The names that spare it although a pattern matches another one; for an image in scope, the patterns that match. */
  finding: ({ image }, { policy: { only } }) => {
    if (only === null) return {};
    const scope = scopeOf(only, image);
    if (scope.kind === "outside") return { by: scope.alsoNamed };
    const called = { ...image, tags: image.tags.length > 0 ? image.tags : (image.lastTags ?? []) };
    return { by: matchingPatterns(only, called).map(({ text }) => text) };
  },
} as const satisfies KeepRule;
