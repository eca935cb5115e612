import type { Limit } from "../limit.js";
import { freeInAll } from "../space-walk.js";

/** `--free`: so much comes free in this one run. */
export const free = {
  reasons: ["free"],
  decidesBy: "space",
  isSet: ({ toFreeBytes }) => toFreeBytes !== null,
  take: (scene) => {
    freeInAll(scene, scene.policy.toFreeBytes ?? 0, "free");
  },
  finding: (_, { policy, freedBytes }) => ({
    rule: "free",
    value: freedBytes,
    limit: policy.toFreeBytes,
    unit: "bytes",
  }),
  unmet: ({ policy: { toFreeBytes: limitBytes }, freedBytes }) =>
    limitBytes !== null && freedBytes < limitBytes ? { limit: "free", limitBytes, freedBytes } : null,
} as const satisfies Limit;
