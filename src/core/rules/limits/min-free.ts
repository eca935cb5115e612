import type { Limit } from "../limit.js";
import { freeInAll } from "../space-walk.js";

/** `--min-free`: bytes to have free on the filesystem. What those that go already will free counts. */
export const minFree = {
  reasons: ["min-free"],
  decidesBy: "measured-space",
  isSet: ({ minFreeBytes }) => minFreeBytes !== null,
  take: (scene) => {
    const lacking = (scene.policy.minFreeBytes ?? 0) - (scene.space?.freeBytes ?? Infinity);
    if (lacking > 0) freeInAll(scene, lacking, "min-free");
  },
  finding: (_, { policy, filesystem }) => ({
    rule: "min-free",
    value: filesystem?.freeBytes ?? null,
    limit: policy.minFreeBytes,
    unit: "bytes",
  }),
  unmet: ({ policy: { minFreeBytes: limitBytes }, free, inVain }) =>
    limitBytes !== null && free !== null && free.freeBytes < limitBytes
      ? { limit: "min-free", limitBytes, freeBytes: free.freeBytes, inVain }
      : null,
} as const satisfies Limit;
