import type { Limit } from "../limit.js";
import { bytesLeft, bytesThatStay, removeDownTo } from "../space-walk.js";

/** `--quota`: once all images take more, what is needed last goes until they are down to the target. */
export const quota = {
  reasons: ["quota"],
  decidesBy: "space",
  isSet: ({ quotaBytes }) => quotaBytes !== null,
  take: (scene) => {
    const { quotaBytes, quotaTargetBytes } = scene.policy;
    if (quotaBytes === null) return;
    const { stayingBytes, stuckBytes } = bytesThatStay(scene);
    const targetBytes = quotaTargetBytes ?? quotaBytes;
    // A target that only stuck images forbid is given up for the quota itself; a quota likewise for theirs beside it.
    const [extraBytes, goalBytes] =
      stuckBytes === 0 || stayingBytes <= targetBytes
        ? [0, targetBytes]
        : stayingBytes <= quotaBytes
          ? [0, quotaBytes]
          : [stuckBytes, targetBytes];
    if (bytesLeft(scene) > quotaBytes + extraBytes) removeDownTo(scene, goalBytes + extraBytes, "quota");
  },
  finding: (_, { policy, beforeBytes }) => ({
    rule: "quota",
    value: beforeBytes,
    limit: policy.quotaBytes,
    unit: "bytes",
  }),
  unmet: ({ policy: { quotaBytes: limitBytes }, remainingBytes, shortfall }) =>
    limitBytes !== null && remainingBytes > limitBytes
      ? { limit: "quota", limitBytes, remainingBytes, ...(shortfall === undefined ? {} : { shortfall }) }
      : null,
} as const satisfies Limit;
