import { ancestorsOf } from "../../facts/order.js";
import { shownTags } from "../../image/shown-names.js";
import { usual, type KeepRule } from "../keep-rule.js";

/** An image that stays was built on it. Its layers are all in that image, so it holds none for itself. */
export const parentOfKept = {
  ...usual,
  reason: "parent-of-kept",
  holds: null,
  keeps:
    ({ parents }) =>
    ({ image }) =>
      parents.has(image.id),
  finding: ({ image }, { staying, present }) => {
    const children = staying.filter((facts) =>
      ancestorsOf(facts, present).some((ancestor) => ancestor.image.id === image.id),
    );
    return { by: children.map((child) => shownTags(child.image)[0] ?? child.image.id) };
  },
} as const satisfies KeepRule;
