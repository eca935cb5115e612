import type { ImageId } from "../../image/image.js";
import { shownTags } from "../../image/shown-names.js";
import type { Limit } from "../limit.js";
import { newestOfRepositories } from "../most-recent.js";

/**
 * `--max-versions`: of each repository all but the most recently used; an image of several only where it is beyond the number
 * in each. What has no tag is no version of anything, and a parent stays with its child.
 */
export const versions = {
  reasons: ["versions"],
  decidesBy: "image",
  isSet: ({ maxVersions }) => maxVersions !== null,
  take: ({ order, kept, removed, policy }) => {
    const present = new Map(order.map(({ facts }) => [facts.image.id, facts]));
    const newest = newestOfRepositories(order, policy.maxVersions ?? Infinity, present);
    const parentsOfStaying = new Set<ImageId>();
    for (const { facts } of order) {
      const { id, parentId } = facts.image;
      if (removed.has(id)) continue;
      const isBeyond = shownTags(facts.image).length > 0 && !newest.has(id);
      if (isBeyond && !kept.has(id) && !parentsOfStaying.has(id)) removed.set(id, "versions");
      else if (parentId !== null) parentsOfStaying.add(parentId);
    }
  },
  finding: (_, { policy }) => ({ rule: "versions", limit: policy.maxVersions, unit: "images" }),
  unmet: () => null,
} as const satisfies Limit;
