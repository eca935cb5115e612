import { removeEach } from "../image-walk.js";
import type { Limit } from "../limit.js";

/** `--since-mark`: what the job that ends has made. */
export const sinceMark = {
  reasons: ["since-mark"],
  decidesBy: "image",
  shown: "if-set",
  isSet: ({ own }) => own !== null,
  take: (scene) => {
    const { own } = scene.policy;
    removeEach(scene, ({ facts }) => (own?.has(facts.image.id) === true ? "since-mark" : null));
  },
  finding: (_, { policy: { own } }) => ({ rule: "since-mark", limit: own?.size ?? null, unit: "images" }),
  unmet: () => null,
} as const satisfies Limit;
