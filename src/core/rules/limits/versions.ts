import { shownTags } from "../../image/shown-names.js";
import { removeEach } from "../image-walk.js";
import type { Limit } from "../limit.js";
import { newestOfRepositories } from "../most-recent.js";

/**
 * `--max-versions`: of each repository all but the most recently used; an image of several only where it is beyond the number
 * in each. What has no tag is no version of anything.
 */
export const versions = {
  reasons: ["versions"],
  decidesBy: "image",
  isSet: ({ maxVersions }) => maxVersions !== null,
  take: (scene) => {
    const { order, policy } = scene;
    const present = new Map(order.map(({ facts }) => [facts.image.id, facts]));
    const newest = newestOfRepositories(order, policy.maxVersions ?? Infinity, present);
    removeEach(scene, ({ facts: { image } }) =>
      shownTags(image).length > 0 && !newest.has(image.id) ? "versions" : null,
    );
  },
  finding: (_, { policy }) => ({ rule: "versions", limit: policy.maxVersions, unit: "images" }),
  unmet: () => null,
} as const satisfies Limit;
