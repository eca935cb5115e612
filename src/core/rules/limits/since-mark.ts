import type { ImageId } from "../../image/image.js";
import type { Limit } from "../limit.js";

/** `--since-mark`: what the job that ends has made. A parent stays with its child. */
export const sinceMark = {
  reasons: ["since-mark"],
  decidesBy: "image",
  shown: "if-set",
  isSet: ({ own }) => own !== null,
  take: ({ order, kept, removed, policy: { own } }) => {
    const parentsOfStaying = new Set<ImageId>();
    for (const { facts } of order) {
      const { id, parentId } = facts.image;
      if (own?.has(id) === true && !kept.has(id) && !parentsOfStaying.has(id)) removed.set(id, "since-mark");
      else if (parentId !== null) parentsOfStaying.add(parentId);
    }
  },
  finding: (_, { policy: { own } }) => ({ rule: "since-mark", limit: own?.size ?? null, unit: "images" }),
  unmet: () => null,
} as const satisfies Limit;
